"""Turns what `kubectl describe` prints into objects."""
