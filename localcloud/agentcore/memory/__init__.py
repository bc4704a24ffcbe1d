"""AgentCore Memory: memories on the control plane, their events, and what is made of these."""
