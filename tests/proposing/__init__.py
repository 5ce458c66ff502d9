"""Shops that are written down in Git repositories."""
