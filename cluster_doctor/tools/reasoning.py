"""Tools that compute from a snapshot and touch nothing."""

from __future__ import annotations

from cluster_doctor.domain.trace_spans import traced_tool
from cluster_doctor.inference.citations import objections as _objections
from cluster_doctor.inference.diagnose import diagnose as _diagnose
from cluster_doctor.inference.log_changes import log_changes as _log_changes
from cluster_doctor.inference.reach import with_leads as _with_leads
from cluster_doctor.inference.triage import triage as _triage
from cluster_doctor.intake.claims import check_claims as _check_claims
from cluster_doctor.intake.mentions import mentions as _mentions
from cluster_doctor.remediation.planner import plans_for as _plans_for

check_claims = traced_tool(_check_claims)
diagnose = traced_tool(_diagnose)
log_changes = traced_tool(_log_changes)
mentions = traced_tool(_mentions)
plans_for = traced_tool(_plans_for)
objections = traced_tool(_objections)
triage = traced_tool(_triage)
with_leads = traced_tool(_with_leads)
