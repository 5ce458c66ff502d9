"""Turns the rows of `kubectl get` into partial objects."""
