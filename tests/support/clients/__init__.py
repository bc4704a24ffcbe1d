"""Programs around MCP clients that others wrote, each run as a process of its own."""
