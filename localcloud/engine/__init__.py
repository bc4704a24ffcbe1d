"""The cloud around AgentCore: MiniStack, and what it lacks. Only `ministack/` imports it."""
