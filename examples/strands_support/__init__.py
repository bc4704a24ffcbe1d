"""The support agent in Strands Agents."""
