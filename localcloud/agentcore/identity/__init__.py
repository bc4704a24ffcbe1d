"""AgentCore Identity: workload identities, credential providers and the vault for their tokens."""
