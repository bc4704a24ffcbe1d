"""AgentCore's control plane for gateways and targets."""
