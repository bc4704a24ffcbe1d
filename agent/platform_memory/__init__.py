"""What agents of a platform remember together, in AgentCore Memory."""
