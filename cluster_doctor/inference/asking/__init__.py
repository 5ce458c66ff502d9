"""Answers questions about a picture from what it holds, each statement with its evidence."""
