"""Which team a request is for, and why."""
