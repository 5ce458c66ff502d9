"""Writes an approved plan down: patches, commands and the text of a pull request. Nothing else is written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import yaml

from cluster_doctor.domain.remediation import RemediationPlan, RemediationStep, Route


def export_plans(plans: Sequence[RemediationPlan], folder: Path) -> tuple[str, ...]:
    """Write plans into a folder; writing the same plans again gives the same files.

    Returns:
        The paths of what was written.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    written: dict[str, str] = {"PULL_REQUEST.md": pull_request_body(plans)}
    for number, plan in enumerate(plans, 1):
        for position, step in enumerate(plan.steps, 1):
            if step.patch is not None:
                name = re.sub(r"[^a-z0-9.-]+", "-", f"{step.target.kind}-{step.target.name}".lower())
                written[f"{number:02}-{position:02}-{name}.patch.yaml"] = _patch_file(step)
    for name, content in written.items():
        (folder / name).write_text(content, encoding="utf-8")
    return tuple(str(folder / name) for name in sorted(written))


def pull_request_body(plans: Sequence[RemediationPlan]) -> str:
    """Write what a reviewer has to know, as Markdown."""
    lines: list[str] = []
    for plan in plans:
        lines += [f"## {_one_line(plan.summary)}", "", f"**Cause:** {_one_line(plan.cause)}", ""]
        if plan.managed_by:
            lines += [f"Managed by {_one_line(plan.managed_by)}.", ""]
        for position, step in enumerate(plan.steps, 1):
            lines += [
                f"{position}. **{_one_line(step.title)}** (risk: {step.risk.value}, {_route(step)})",
                f"   - Before: {_one_line(step.precondition)}",
                f"   - Do: {_one_line(step.instruction)}",
                *([f"   - Command: `{_one_line(step.command)}`"] if step.command else []),
                f"   - Undo: {_one_line(step.undo)}",
                f"   - Check: {_one_line(step.check)}",
            ]
        lines += ["", *(["### Test plan", "", *(f"- [ ] {_one_line(test)}" for test in plan.test_plan), ""])]
    return "\n".join(lines)


def _route(step: RemediationStep) -> str:
    match step.route:
        case Route.GITOPS:
            return "in the repository"
        case Route.CLUSTER:
            return "in the cluster"
        case Route.PERSON:
            return "by hand"


def _patch_file(step: RemediationStep) -> str:
    target = step.target
    head = {"apiVersion": target.api_version, "kind": target.kind}
    named: dict[str, object] = {"name": target.name}
    if target.namespace:
        named["namespace"] = target.namespace
    body = {key: value for key, value in (step.patch or {}).items() if key not in {"apiVersion", "kind"}}
    inner = body.pop("metadata", None)
    metadata = {**named, **(inner if isinstance(inner, dict) else {})}
    return yaml.safe_dump({**head, "metadata": metadata, **body}, sort_keys=False, allow_unicode=False)


def _one_line(text: str) -> str:
    return " ".join(text.split())
