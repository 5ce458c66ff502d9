"""A run and a cluster belong together where both write down the same commit or image, and nowhere else."""

from __future__ import annotations

import pytest

from cluster_doctor.domain.ci import CiFailure, CiRun, CiTie
from cluster_doctor.domain.incident import Incident
from cluster_doctor.inference.ci.diagnose_run import diagnose_run
from cluster_doctor.inference.ci.ties import commit_of, ties
from cluster_doctor.inference.diagnose import diagnose
from cluster_doctor.rules.example import snapshot_of
from cluster_doctor.sources.github_actions.log_text import jobs_of

COMMIT = "a1b2c3d4e5f60718293a4b5c6d7e8f9012345678"
CRASHING = """
kind: Deployment
metadata: {name: web, annotations: {ANNOTATION}}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template: {metadata: {labels: {app: web}}, spec: {containers: [{name: app, image: 'IMAGE'}]}}
status: {replicas: 1, unavailableReplicas: 1}
---
kind: Pod
metadata:
  name: web-0
  labels: {app: web}
  ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, controller: true}]
spec: {nodeName: n1, containers: [{name: app, image: 'IMAGE'}]}
status:
  phase: Running
  conditions: [{type: Ready, status: 'False'}]
  containerStatuses:
  - name: app
    ready: false
    restartCount: 6
    state: {waiting: {reason: CrashLoopBackOff}}
    lastState: {terminated: {exitCode: 1, reason: Error, finishedAt: '2026-01-01T11:59:00Z'}}
---
kind: Log
subject: Pod/web-0
container: app
lines: ['panic: cannot parse configuration']
---
kind: Deployment
metadata: {name: other}
spec: {replicas: 0, template: {spec: {containers: [{name: app, image: 'registry.example.com/other:7'}]}}}
"""
CHECKOUT = f"##[command]/usr/bin/git log -1 --format=%H\n{COMMIT}\n"


def _run(log: str, commit: str = "") -> tuple[CiRun, tuple[CiFailure, ...]]:
    run = CiRun(
        source="log", jobs=jobs_of(f"{log}\n##[error]Process completed with exit code 1.", "log"), commit=commit
    )
    return run, diagnose_run(run)


def _ties(
    log: str = "", commit: str = "", image: str = "registry.example.com/web:9", annotation: str = "", extra: str = ""
) -> tuple[CiTie, ...]:
    cluster = snapshot_of(CRASHING.replace("IMAGE", image).replace("ANNOTATION", annotation) + extra)
    run, failures = _run(log, commit)
    return ties(run, failures, cluster, diagnose(cluster, Incident()))


APPLICATION = f"""---
kind: Application
apiVersion: argoproj.io/v1alpha1
metadata: {{name: shop}}
status:
  history:
  - {{revision: OLD, deployedAt: '2026-01-01T10:00:00Z'}}
  - {{revision: {COMMIT}, deployedAt: '2026-01-01T11:00:00Z'}}
"""


@pytest.mark.parametrize(
    ("given", "how"),
    [
        ({"commit": COMMIT, "image": "registry.example.com/web:a1b2c3d4e5f6"}, "tagged with commit a1b2c3d4e5"),
        ({"commit": COMMIT, "image": "registry.example.com/web:main-a1b2c3d"}, "tagged with commit"),
        ({"log": CHECKOUT, "image": f"registry.example.com/web:{COMMIT}"}, "tagged with commit"),
        ({"log": "#9 pushing manifest for registry.example.com/web:9@sha256:12 done"}, "log names its image"),
        ({"log": "kubectl set image deployment/web app=registry.example.com/web:9"}, "log names its image"),
        (
            {"commit": COMMIT, "annotation": "org.opencontainers.image.revision: a1b2c3d4e5f60718"},
            "image.revision names",
        ),
        (
            {"commit": COMMIT, "annotation": "argocd.argoproj.io/tracking-id: 'shop:x'", "extra": APPLICATION},
            "Application shop/shop delivered commit",
        ),
        ({"log": 'error: deployment "web" exceeded its progress deadline'}, "names it"),
    ],
)
def test_what_the_run_made_is_found_with_what_is_wrong_with_it(given: dict[str, str], how: str) -> None:
    (tie,) = _ties(**given)
    assert str(tie.workload) == "Deployment shop/web"
    assert how in tie.how
    assert [cause.subject for cause in tie.causes] == [tie.workload]
    assert tie.causes[0].statement in tie.statement
    assert " delivered " in tie.statement or "names it" in tie.how, "what a step only names it need not have made"


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"commit": "f" * 40, "image": "registry.example.com/web:a1b2c3d4e5f6"},
        {"commit": COMMIT, "image": "registry.example.com/web:a1b2c"},
        {"log": "pulling registry.example.com/web:9"},
        {"log": "pushing manifest for registry.example.com/web:90"},
        {"log": "pushing manifest for registry.example.com/web", "image": "registry.example.com/web"},
        {"commit": COMMIT, "annotation": "argocd.argoproj.io/tracking-id: 'else:x'", "extra": APPLICATION},
        {"log": 'error: deployment "webshop" exceeded its progress deadline'},
    ],
)
def test_what_only_looks_alike_is_no_match(given: dict[str, str]) -> None:
    assert _ties(**given) == ()


def test_the_commit_is_read_from_the_checkout_and_from_nothing_else() -> None:
    assert commit_of(_run(CHECKOUT)[0]) == COMMIT
    assert commit_of(_run(f"sha {COMMIT}")[0]) == ""
