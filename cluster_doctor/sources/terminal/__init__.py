"""Reads what kubectl prints: tables, descriptions, logs and whole pasted sessions."""
