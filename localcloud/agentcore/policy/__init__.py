"""AgentCore Policy: engines, their policies, and policies made from plain language."""
