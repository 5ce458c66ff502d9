"""Writes the published JSON Schemas: `python -m cluster_doctor.cli.schemas docs`."""

from __future__ import annotations

import sys
from pathlib import Path

from pydantic import BaseModel

from cluster_doctor.evaluation.score import Evaluation
from cluster_doctor.history.exported import RunDocument
from cluster_doctor.remediation.approvals.message import ApprovalMessage
from cluster_doctor.remediation.policy.cases import PolicyCases, PolicyTest
from cluster_doctor.remediation.policy.explaining import PolicyExplanation
from cluster_doctor.remediation.policy.policy import Policy
from cluster_doctor.reports.schemas import SCHEMAS, schema_text

PUBLISHED: dict[str, type[BaseModel]] = {
    **SCHEMAS,
    "answer": ApprovalMessage,
    "evaluate": Evaluation,
    "policy": Policy,
    "policy-cases": PolicyCases,
    "policy-explain": PolicyExplanation,
    "policy-test": PolicyTest,
    "run": RunDocument,
}
"""What is published, by the name of its file."""


def write_schemas(folder: Path) -> None:
    """Write every schema into a folder, as `NAME.schema.json`."""
    for name, model in PUBLISHED.items():
        (folder / f"{name}.schema.json").write_text(schema_text(model, name), encoding="utf-8")


if __name__ == "__main__":
    write_schemas(Path(sys.argv[1]))
