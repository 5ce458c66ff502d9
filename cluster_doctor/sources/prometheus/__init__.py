"""Reads series from Prometheus and alerts from Alertmanager."""
