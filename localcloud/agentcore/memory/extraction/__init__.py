"""Extraction: what strategies make of events, behind CreateEvent."""
