"""Reads failed runs of GitHub Actions: by their address, or from files that somebody saved."""
