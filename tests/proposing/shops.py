"""A shop with one fault, seen in a recorded cluster and written down in a Git repository."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from pydantic import JsonValue

from cluster_doctor.domain.errors import RemediationError
from cluster_doctor.domain.identity import ClusterIdentity
from cluster_doctor.domain.incident import Incident
from cluster_doctor.domain.policy import PolicyVerdict
from cluster_doctor.domain.proposal import RehearsedProposal
from cluster_doctor.domain.remediation import RemediationPlan, RemediationStep
from cluster_doctor.history.history import History
from cluster_doctor.inference.diagnose import diagnose
from cluster_doctor.remediation.gitops.repositories import repositories_named
from cluster_doctor.remediation.planner import plan_for
from cluster_doctor.remediation.policy import DEFAULT_POLICY, live_judge
from cluster_doctor.remediation.proposals.access import ProposalAccess
from cluster_doctor.remediation.proposals.rehearsing import rehearse_proposals
from cluster_doctor.rules.example import snapshot_of
from cluster_doctor.snapshot.snapshot import ClusterSnapshot

URL = "https://git.example.com/acme/shop.git"
WHO = ClusterIdentity(server="https://10.0.0.1:6443", certificate="ab" * 32, system_uid="kube-system-uid")
TRACKED = 'annotations: {argocd.argoproj.io/tracking-id: "shop:/Service:shop/web"}'
CLUSTER = """
kind: Service
metadata: {name: web, MARKS}
spec: {selector: {app: website}, ports: [{port: 80, targetPort: 8080}]}
---
kind: Endpoints
metadata: {name: web}
subsets: []
---
kind: Deployment
metadata: {name: web, uid: d1}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web, ports: [{containerPort: 8080}]}]}
status: {replicas: 1, readyReplicas: 1, availableReplicas: 1, updatedReplicas: 1}
---
kind: Pod
metadata:
  name: web-1
  labels: {app: web}
  ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, uid: d1, controller: true}]
spec: {nodeName: n1, containers: [{name: web, image: web, ports: [{containerPort: 8080}]}]}
status: {phase: Running, podIP: 10.0.0.7, conditions: [{type: Ready, status: "True"}]}
"""
APPLICATION = f"""
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: shop, namespace: argocd}}
spec: {{source: {{repoURL: "{URL}", path: PATH, targetRevision: REVISION}}}}
"""
SERVICE = """apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector:
    app: website   # as it was called before
  ports:
  - {port: 80, targetPort: 8080}
"""


ACCOUNTLESS = """
kind: Deployment
metadata: {name: web, uid: d1, MARKS}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {serviceAccountName: runner, containers: [{name: web, image: web}]}
status: {replicas: 0, unavailableReplicas: 1}
---
kind: ReplicaSet
metadata:
  name: web-1
  ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, uid: d1, controller: true}]
spec: {replicas: 1, selector: {matchLabels: {app: web}}}
status: {replicas: 0}
---
kind: Event
metadata: {name: e1}
involvedObject: {kind: ReplicaSet, name: web-1}
reason: FailedCreate
type: Warning
message: 'Error creating: pods "web-1-" is forbidden: error looking up service account shop/runner: serviceaccount
  "runner" not found'
"""
NEEDING = """apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      serviceAccountName: runner   # reads the orders
      containers: [{name: web, image: web}]
"""


def cluster_of(
    *,
    marks: str = TRACKED,
    path: str = "k8s",
    revision: str = "HEAD",
    identity: ClusterIdentity | None = WHO,
    text: str = CLUSTER,
) -> ClusterSnapshot:
    """The recorded cluster; without marks nothing says where it is deployed from."""
    told = APPLICATION.replace("PATH", path).replace("REVISION", revision) if marks else ""
    seen = snapshot_of(text.replace(", MARKS", f", {marks}" if marks else "") + told)
    return ClusterSnapshot(
        taken_at=seen.taken_at, objects=seen.objects, coverage=seen.coverage, identity=identity, source="example"
    )


def git(folder: Path, *words: str) -> str:
    """Run Git."""
    person = {"NAME": "Ada", "EMAIL": "ada@example.com"}
    who = {f"GIT_{role}_{part}": value for role in ("AUTHOR", "COMMITTER") for part, value in person.items()}
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1", **who}
    done = subprocess.run(["git", *words], cwd=folder, env=environment, capture_output=True, check=True)
    return done.stdout.decode().strip()


def clone_of(folder: Path, text: str = f"== k8s/web.yaml\n{SERVICE}", url: str = URL) -> Path:
    """A clone that holds files, written as one text: `== path` begins a file."""
    folder.mkdir(parents=True)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "remote", "add", "origin", url)
    for name, content in re.findall(r"^== (\S+)\n(.*?)(?=^== |\Z)", text, re.DOTALL | re.MULTILINE):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "first")
    return folder


Judged = Callable[[RemediationStep, dict[str, JsonValue] | None], PolicyVerdict]


def access_to(history: History, repositories: Sequence[str], judge: Judged | None = None) -> ProposalAccess:
    """The way to some repositories, by the built-in policy unless a test judges itself."""
    return ProposalAccess(
        repositories=repositories_named(repositories),
        log=history.writes,
        judge=(lambda *_: judge) if judge else live_judge(DEFAULT_POLICY, history.writes),
        policy_digest=DEFAULT_POLICY.digest,
    )


def rehearsed(
    cluster: ClusterSnapshot,
    access: ProposalAccess,
    edit: Callable[[RemediationPlan], RemediationPlan] = lambda plan: plan,
) -> RehearsedProposal:
    """What is shown of the only plan for the only cause."""
    (cause,) = diagnose(cluster, Incident()).root_causes
    plan = plan_for(cluster, cause)
    if plan is None:
        raise RemediationError("there is no plan")
    (found,) = rehearse_proposals(access, [edit(plan)], cluster, [cause])
    return found


def changed(proposal: RehearsedProposal) -> list[str]:
    """The lines that a proposal takes away and adds, each with its file."""
    return [
        f"{file.path} {line}"
        for file in proposal.files
        for line in file.diff.splitlines()[2:]
        if line.startswith(("+", "-"))
    ]
