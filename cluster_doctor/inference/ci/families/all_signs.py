"""The families in the order in which they are asked: of two that know a line, the more particular comes first."""

from __future__ import annotations

from cluster_doctor.inference.ci.families.compilers import COMPILERS
from cluster_doctor.inference.ci.families.credentials import CREDENTIALS
from cluster_doctor.inference.ci.families.dependencies import DEPENDENCIES
from cluster_doctor.inference.ci.families.deploys import DEPLOYS
from cluster_doctor.inference.ci.families.lint import LINT
from cluster_doctor.inference.ci.families.registries import REGISTRIES
from cluster_doctor.inference.ci.families.runners import RUNNERS
from cluster_doctor.inference.ci.families.stopped import STOPPED
from cluster_doctor.inference.ci.families.tests import TESTS
from cluster_doctor.inference.ci.families.workflows import WORKFLOWS
from cluster_doctor.inference.ci.sign import Sign

SIGNS: tuple[Sign, ...] = (
    *RUNNERS, *WORKFLOWS, *STOPPED, *REGISTRIES, *DEPLOYS, *CREDENTIALS, *DEPENDENCIES, *LINT, *COMPILERS, *TESTS,
)  # fmt: skip
