"""AgentCore Memory: memories on the control plane, and the short-term events in them."""
