"""Two tenants with gateways and memories of their own, three teams on one gateway, and their moves.

Whatever anyone writes carries a mark that says whose it is (`canaries`), and whoever reads a mark
that is another's, where they may not, has been given what was not theirs.
"""
