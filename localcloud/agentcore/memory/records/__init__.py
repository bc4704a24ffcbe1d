"""Memory records: what is known in the long term, kept with its vectors and found by meaning."""
