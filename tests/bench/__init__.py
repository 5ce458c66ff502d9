"""Measures what the library promises to cost: `python -m tests.bench`."""
