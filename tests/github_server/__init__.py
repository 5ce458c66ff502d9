"""A stateful GitHub for tests: the npm package `emulate` on the Node of a PyPI package, and a gate before it."""
