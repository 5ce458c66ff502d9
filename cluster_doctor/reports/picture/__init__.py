"""Causes, what they bring about and the symptoms as a picture, drawn by our own small layout: no script, no library."""
