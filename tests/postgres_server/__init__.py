"""A real Postgres for tests: one server for a test session, a database of its own for each test."""
