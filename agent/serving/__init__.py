"""What all agents on AgentCore Runtime share on their way from a request to a reply."""
