"""The support agent in CrewAI."""
