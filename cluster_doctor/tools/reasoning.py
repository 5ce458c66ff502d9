"""Tools that compute from a snapshot and touch nothing."""

from __future__ import annotations

from cluster_doctor.inference.citations import objections
from cluster_doctor.inference.diagnose import diagnose
from cluster_doctor.inference.log_changes import log_changes
from cluster_doctor.inference.reach import with_leads
from cluster_doctor.inference.triage import triage
from cluster_doctor.intake.claims import check_claims
from cluster_doctor.intake.mentions import mentions
from cluster_doctor.remediation.planner import plans_for

__all__ = ["check_claims", "diagnose", "log_changes", "mentions", "objections", "plans_for", "triage", "with_leads"]
