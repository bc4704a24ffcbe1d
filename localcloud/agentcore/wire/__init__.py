"""AgentCore's HTTP form, from botocore's own service models (rest-json)."""
