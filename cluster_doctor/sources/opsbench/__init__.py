"""Reads recordings in the layout of Cloud-OpsBench."""
