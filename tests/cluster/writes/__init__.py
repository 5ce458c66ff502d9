"""Changes of a real cluster: each step type there and back, and everything that must be refused."""
