"""How well requests find their team."""
