"""Sentence vectors of all-MiniLM-L6-v2 without a network: text in, vectors out.

What compares texts by meaning embeds with it: the FAQ agent, and on the laptop AgentCore's tool
search and memory.
"""
