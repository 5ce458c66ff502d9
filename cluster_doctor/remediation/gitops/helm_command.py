"""The command that renders a chart, so that nothing which chart or deployer say runs code or leaves the machine.

`helm template` looks nothing up in a cluster or in DNS, fetches no dependency, and finds no plugin. Two ways out are
left: a word that Helm takes for a flag, such as one that names a program to run afterwards, and the schema of the
values, whose references Helm follows over the network. Neither gets there.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Sequence
from posixpath import basename

from cluster_doctor.domain.errors import RemediationError
from cluster_doctor.remediation.gitops.encoding import decoded
from cluster_doctor.remediation.gitops.tree import SourceTree

UNCHECKED = "--skip-schema-validation"
_NAME = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
"""Names of releases; source: helm.sh/helm/v3/pkg/chartutil, ValidateReleaseName."""

_LONGEST_NAME = 53
_KNOWN = re.compile(r"https?://json-schema\.org/(draft-0[467]|draft/(2019-09|2020-12))/schema#?")
"""Schemas of schemas that validators bring along."""

_REFERENCES = frozenset({"$ref", "$dynamicRef", "$recursiveRef"})


def helm_command(
    tree: SourceTree, chart: str, values: Sequence[str], release: str, namespace: str
) -> tuple[str, ...] | None:
    """The command that renders a chart; None if Helm is not installed.

    Args:
        tree: the repository.
        chart: the folder of the chart.
        values: files of values, the last wins.
        release: name of the release; any if it is empty.
        namespace: of the release.

    Raises:
        RemediationError: Helm would not take the name, so that nothing is deployed under it.
    """
    if release and (len(release) > _LONGEST_NAME or not _NAME.fullmatch(release)):
        raise RemediationError(f"{release[:80]!r} is no name of a release", "Check what deploys the chart.")
    if not shutil.which("helm"):
        return None
    files = [f"--values={_as_one(f'./{file}')}" for file in values]
    flags = [UNCHECKED] if _may_lead_out(tree, chart) else []
    named = (release or "release", f"./{chart}")
    return ("helm", "template", f"--namespace={namespace or 'default'}", *flags, *files, "--", *named)


def _as_one(file: str) -> str:
    """A path in a flag that takes several, divided by commas."""
    quoted = file.replace('"', '""')
    return f'"{quoted}"'


def _may_lead_out(tree: SourceTree, chart: str) -> bool:
    """Whether a schema of values refers to another place, or cannot be looked at: a packed chart may hold one."""
    for file in tree.files(chart):
        if file.endswith((".tgz", ".tar.gz")):
            return True
        if basename(file) == "values.schema.json":
            try:
                schema = json.loads(decoded(tree.read(file))[2])
            except (RemediationError, ValueError, RecursionError):
                return True
            if _refers_elsewhere(schema):
                return True
    return False


def _refers_elsewhere(schema: object) -> bool:
    waiting = [schema]
    while waiting:
        here = waiting.pop()
        if isinstance(here, dict):
            waiting += here.values()
            if any(not str(here[key]).startswith("#") for key in _REFERENCES & here.keys()):
                return True
            if "$schema" in here and not _KNOWN.fullmatch(str(here["$schema"])):
                return True
        elif isinstance(here, list):
            waiting += here
    return False
