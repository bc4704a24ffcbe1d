"""Extractors that ask a language model, for whoever has named one in `MEMORY_MODEL`."""
