"""AgentCore Runtime: agents as programs, one process a session."""
