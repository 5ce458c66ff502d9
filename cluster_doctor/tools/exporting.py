"""Tools that write files for a person to use."""

from __future__ import annotations

from cluster_doctor.remediation.export import export_plans

__all__ = ["export_plans"]
