"""Extraction: what strategies make of events, behind CreateEvent and without a model."""
