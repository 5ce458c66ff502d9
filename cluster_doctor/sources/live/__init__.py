"""Reads a running Kubernetes cluster."""
