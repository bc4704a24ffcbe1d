"""The agent in front of the teams' agents: it chooses one, asks it, and says why that one."""
