"""Tools that write files for a person to use."""

from __future__ import annotations

from cluster_doctor.domain.trace_spans import traced_tool
from cluster_doctor.remediation.export import export_plans as _export_plans

export_plans = traced_tool(_export_plans)
