"""Runbooks that lie elsewhere, copied into a folder of Markdown files so that they can be read when nobody answers."""
