"""Where a cluster runs what a CI run built or deployed.

A run and a cluster are matched by what both write down: the commit (in an image's tag, a label, an annotation, what
Argo CD or Flux delivered), an image that the run pushed or set, a workload that its deploy step names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from cluster_doctor.domain.change import ChangeKind
from cluster_doctor.domain.ci import CiFailure, CiFailureClass, CiRun, CiTie
from cluster_doctor.domain.diagnosis import Diagnosis, RootCause
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.inference.prior_changes import delivering
from cluster_doctor.snapshot.changes.changes import changes_of
from cluster_doctor.snapshot.kinds import kind_named
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import View, Workload

MOST_TIES = 20
SHORTEST_COMMIT = 7
"""Digits of a commit that are taken for one; Git abbreviates to as many."""

_COMMIT = re.compile(r"[0-9a-f]{40}")
_GIT_TOLD = re.compile(r"git(?:\.exe)?\"? log -1 --format=")
_HEX = re.compile(r"[0-9a-f]{7,40}")
_PUSHES = re.compile(
    r"push|naming to|tagged|set image|--set\b|image=|image\.tag|kustomize edit|writing manifest|deploy", re.IGNORECASE
)
_NAMED = re.compile(r"\b([a-z]+(?: set)?)(?:\.\w+)*[ /]\"?([a-z0-9][a-z0-9.-]*)\"?")
_BY_STEP = "step "
_MOST_LINES = 50_000


def commit_of(run: CiRun) -> str:
    """The commit of a run: what GitHub says, else what its checkout printed; empty if neither is there."""
    if run.commit:
        return run.commit
    for job in run.jobs:
        for step in job.steps:
            for asked, told in zip(step.lines, step.lines[1:], strict=False):
                found = _COMMIT.search(told.text)
                if found and _GIT_TOLD.search(asked.text):
                    return found[0]
    return ""


def ties(
    run: CiRun, failures: Sequence[CiFailure], cluster: ClusterSnapshot, diagnosis: Diagnosis
) -> tuple[CiTie, ...]:
    """Find the workloads that run what a CI run made, with the root causes that concern them.

    Args:
        run: the run.
        failures: why it failed.
        cluster: where to look.
        diagnosis: what is wrong there.
    """
    commit = commit_of(run)
    pushed = _images_handled(run)
    found = []
    for workload in cluster.workloads():
        for how, image in _matches(workload, commit, pushed, failures, cluster):
            found.append(_tie(run, workload, image, how, (cluster, diagnosis)))
            break
    return tuple(sorted(found, key=lambda tie: (not tie.causes, tie.workload))[:MOST_TIES])


def _matches(
    workload: Workload, commit: str, pushed: str, failures: Sequence[CiFailure], cluster: ClusterSnapshot
) -> Iterator[tuple[str, str]]:
    """How a workload is known to run what the run made, the strongest mark first, with the image."""
    images = [container.image for container in workload.template.containers if container.image]
    for image in images:
        if commit and _names_commit(image.rpartition(":")[2], commit):
            yield f"its image is tagged with commit {commit[:10]}", image
    for image in images:
        if _is_handled(image, pushed):
            yield "the run's log names its image where it pushes or sets one", image
    first = images[0] if images else ""
    if commit:
        yield from ((how, first) for how in _marks(workload, commit))
        yield from ((how, first) for how in _delivered(workload, commit, cluster))
    for failure in failures:
        if failure.failure is CiFailureClass.DEPLOY and _is_named(workload, failure):
            yield f"{_BY_STEP}{failure.step} names it", first


def _names_commit(text: str, commit: str) -> bool:
    return any(commit.startswith(part) for part in _HEX.findall(text.lower()) if not part.isdigit() or len(part) > 12)


def _images_handled(run: CiRun) -> str:
    """Lines in which an image is pushed, tagged or set, as one text."""
    lines = (line.text for job in run.jobs for step in job.steps for line in step.lines[-_MOST_LINES:])
    return "\n".join(f" {line} " for line in lines if _PUSHES.search(line))


def _is_handled(image: str, pushed: str) -> bool:
    """Tell whether an image stands there in full, with its tag or digest."""
    if ":" not in image.rpartition("/")[2] and "@" not in image:
        return False
    return bool(pushed) and re.search(rf"(?<![\w./-]){re.escape(image)}(?![\w.-])", pushed) is not None


def _marks(workload: Workload, commit: str) -> Iterator[str]:
    template = workload.mapping(*workload.template_path, "metadata")
    own = {
        **workload.labels,
        **workload.annotations,
        **workload.template_labels,
        **View({"metadata": template}).annotations,
    }
    for key, value in sorted(own.items()):
        if len(value) < 200 and _names_commit(value, commit):
            yield f"{key} names commit {commit[:10]}"


def _delivered(workload: Workload, commit: str, cluster: ClusterSnapshot) -> Iterator[str]:
    for deliverer in delivering(cluster, workload.ref):
        latest = next((change for change in changes_of(cluster, deliverer)), None)
        if latest and latest.kind is ChangeKind.DELIVERY and _names_commit(latest.version, commit):
            yield f"{latest.subject} delivered commit {commit[:10]}"


def _is_named(workload: Workload, failure: CiFailure) -> bool:
    """Tell whether a deploy step names a workload by kind and name: `deployment "web"`, `deployment.apps/web`."""
    for kind, name in _NAMED.findall(f"{failure.thing} {failure.first.text}"):
        known = kind_named(kind.replace(" ", ""))
        if known and known.kind == workload.ref.kind and name == workload.name:
            return True
    return False


def _tie(run: CiRun, workload: Workload, image: str, how: str, seen: tuple[ClusterSnapshot, Diagnosis]) -> CiTie:
    cluster, diagnosis = seen
    commit = commit_of(run)
    causes = tuple(cause for cause in diagnosis.root_causes if _concerns(cause, workload.ref, cluster))
    of = f"run {run.number}" if run.number else "the run"
    if how.startswith(_BY_STEP):
        told = f"{of} deploys {workload.ref}" + (f", which runs image {image}" if image else "")
    else:
        what = " as ".join(part for part in (commit and f"commit {commit[:10]}", image and f"image {image}") if part)
        told = f"{of} delivered {what}, which {workload.ref} runs"
    first = causes[0] if causes else None
    wrong = f"wrong there, {first.subject}: {first.statement}" if first else "nothing is found wrong with it"
    told = f"{told}; {wrong}"
    return CiTie(workload=workload.ref, image=image, how=how, statement=told, causes=causes)


def _concerns(cause: RootCause, workload: ObjectRef, cluster: ClusterSnapshot) -> bool:
    concerned = {cause.subject, *cause.affected, *(symptom.subject for symptom in cause.explains)}
    return workload in concerned or workload in {cluster.workload_ref(ref) for ref in concerned}
