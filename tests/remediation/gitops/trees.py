"""Repositories on disk for tests, written as one text: `== path` begins a file."""

from __future__ import annotations

import difflib
import re
from pathlib import Path

from pydantic import JsonValue

from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.domain.remediation import RemediationStep, Risk, Route
from cluster_doctor.domain.steps import FieldEdit
from cluster_doctor.remediation.gitops.source import FileChanges
from cluster_doctor.remediation.gitops.tree import FolderTree

WEB = ObjectRef(kind="Deployment", name="web", namespace="shop", api_version="apps/v1")
CONTAINER = ("spec", "template", "spec", "containers", "[name=web]")
IMAGE = (*CONTAINER, "image")
REPLICAS = ("spec", "replicas")
MEMORY = (*CONTAINER, "resources", "limits", "memory")

DEPLOYMENT = """apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 1   # as few as can be
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: web:1
        resources:
          limits:
            memory: 64Mi
"""
OTHER = DEPLOYMENT.replace("name: web\n", "name: other\n", 1)


def tree_of(folder: Path, text: str) -> FolderTree:
    """Write files into a folder."""
    for name, content in re.findall(r"^== (\S+)\n(.*?)(?=^== |\Z)", text, re.DOTALL | re.MULTILINE):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return FolderTree(folder)


def step_of(*edits: tuple[tuple[str, ...], JsonValue, JsonValue], ref: ObjectRef = WEB) -> RemediationStep:
    """A step that sets fields."""
    return RemediationStep(
        title="Set fields",
        route=Route.GITOPS,
        target=ref,
        risk=Risk.LOW,
        precondition="none",
        instruction="set them",
        edits=tuple(FieldEdit(path=path, was=was, becomes=becomes) for path, was, becomes in edits),
        undo="set them back",
        check="look",
    )


def lines_of(tree: FolderTree, changes: FileChanges) -> list[str]:
    """The changed lines, each with its file."""
    found = list[str]()
    for path, content in changes.files.items():
        before, after = tree.read(path).decode().splitlines(), content.decode().splitlines()
        made = list(difflib.unified_diff(before, after, n=0, lineterm=""))[2:]
        found += [f"{path} {line}" for line in made if not line.startswith("@@")]
    return found
