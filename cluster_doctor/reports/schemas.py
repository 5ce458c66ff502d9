"""The published JSON Schemas, made from the models that they describe."""

from __future__ import annotations

import orjson
from pydantic import BaseModel

from cluster_doctor.domain.answer import Answer
from cluster_doctor.domain.audit import AuditEntry
from cluster_doctor.domain.cause_summary import ReportSummary
from cluster_doctor.domain.change import ChangeList
from cluster_doctor.domain.ci import CiReport
from cluster_doctor.domain.knowledge import KnowledgeFound
from cluster_doctor.domain.log_pattern import LogReport
from cluster_doctor.domain.recurrence import PastIncidentList
from cluster_doctor.domain.report import Report
from cluster_doctor.domain.run_difference import RunDifference
from cluster_doctor.domain.scan import ScanReport
from cluster_doctor.snapshot.file import SnapshotDocument

SCHEMAS: dict[str, type[BaseModel]] = {
    "ask": Answer,
    "audit": AuditEntry,
    "knowledge": KnowledgeFound,
    "logs": LogReport,
    "changes": ChangeList,
    "ci": CiReport,
    "diff": RunDifference,
    "report": Report,
    "scan": ScanReport,
    "search": PastIncidentList,
    "snapshot": SnapshotDocument,
    "summary": ReportSummary,
}
"""What is published, by the name of its file in docs/."""


def schema_text(model: type[BaseModel], title: str) -> str:
    """Write the JSON Schema of what a model writes."""
    schema = model.model_json_schema(mode="serialization")
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = f"cluster-doctor {title}"
    return orjson.dumps(schema, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2).decode() + "\n"
