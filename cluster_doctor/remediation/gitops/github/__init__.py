"""Repositories on GitHub: read and written through its API alone, nothing is cloned."""
