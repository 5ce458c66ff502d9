"""Scans: what is told, to whom, and with which exit code."""
