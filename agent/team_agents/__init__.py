"""The agents of support, sales and SRE: one graph, and a profile for each."""
