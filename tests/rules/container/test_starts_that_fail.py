"""What the runtimes' refusals to start a container are taken for."""

from __future__ import annotations

import pytest

from cluster_doctor.domain.incident import Incident
from cluster_doctor.inference.diagnose import diagnose
from cluster_doctor.rules.example import snapshot_of
from rules.causes import causes_of

REFUSED = """
kind: Pod
metadata: {name: web-0, creationTimestamp: '2026-01-01T11:00:00Z'}
spec: {nodeName: n1, containers: [{name: app, image: 'registry.example.com/web:2.0'}]}
status:
  phase: Pending
  conditions: [{type: Ready, status: 'False'}, {type: PodScheduled, status: 'True'}]
  containerStatuses:
  - {name: app, ready: false, restartCount: 0, state: {waiting: {reason: REASON, message: 'SAYS'}}}
"""
PROGRAM, CONTAINER = "command_does_not_exist", "container_cannot_be_created"
RUNC = "OCI runtime create failed: runc create failed: unable to start container process: "


@pytest.mark.parametrize(
    ("says", "rule"),
    [
        (RUNC + 'exec: "serve": executable file not found in $PATH: unknown', PROGRAM),
        (RUNC + 'exec: "/run.sh": stat /run.sh: no such file or directory: unknown', PROGRAM),
        (RUNC + 'exec: "/srv": is a directory: unknown', PROGRAM),
        (r'container create failed: level=error msg="runc create failed: exec: \"./go\": permission denied"', PROGRAM),
        ("container create failed: executable file `serve` not found in $PATH: No such file or directory", PROGRAM),
        (RUNC + 'mkdir cwd "/app": chdir to cwd ("/app") failed: permission denied: unknown', CONTAINER),
        (RUNC + 'error mounting "/a" to rootfs at "/b": no such file or directory: unknown', CONTAINER),
        ('cannot load seccomp profile "/var/lib/kubelet/seccomp/a.json": no such file or directory', CONTAINER),
    ],
)
@pytest.mark.parametrize("reason", ["CreateContainerError", "RunContainerError"])
def test_a_program_is_blamed_only_where_the_runtime_could_not_execute_one(says: str, rule: str, reason: str) -> None:
    pod = REFUSED.replace("SAYS", says).replace("REASON", reason)
    assert causes_of(pod) == [(rule, "web-0")]


WAITING = """
kind: Pod
metadata: {name: web-0, namespace: shop, creationTimestamp: '2026-01-01T11:00:00Z'}
spec:
  nodeName: n1
  initContainers: [{name: wait, command: [sh, -c, 'COMMAND']}]
  containers: [{name: app}]
status:
  phase: Pending
  conditions: [{type: Ready, status: 'False'}]
  initContainerStatuses: [{name: wait, ready: false, state: {running: {startedAt: '2026-01-01T11:00:05Z'}}}]
  containerStatuses: [{name: app, ready: false, state: {waiting: {reason: PodInitializing}}}]
---
{kind: Service, metadata: {name: cart, namespace: shop}, spec: {clusterIP: None}}
---
{kind: Namespace, metadata: {name: shop}}
---
{kind: Namespace, metadata: {name: data}}
"""


@pytest.mark.parametrize(
    ("command", "awaited"),
    [
        ("until nc -z db 5432; do sleep 1; done", "db"),
        ("until pg_isready -h db -p 5432 -U app; do sleep 2; done", "db"),
        ("until mysqladmin ping -h db -u root -psecret; do sleep 2; done", "db"),
        ("wait-for-it.sh queue:5672 -- echo up", "queue"),
        ("dockerize -wait tcp://db:5432 -timeout 60s", "db"),
        ("until nslookup db-0.db.shop.svc.cluster.local; do sleep 2; done", "db-0.db.shop.svc.cluster.local"),
        ("until nslookup db.data; do sleep 2; done", "db.data"),
    ],
)
def test_the_host_that_an_init_container_waits_for_is_read_from_its_command(command: str, awaited: str) -> None:
    (cause,) = _statements(WAITING.replace("COMMAND", command))
    assert cause.endswith(f"it waits for {awaited}, which is no Service")


@pytest.mark.parametrize(
    "command",
    [
        "until nc -z cart 80; do sleep 1; done",
        "until curl -sf https://api.example.com/ready; do sleep 1; done",
        "until nslookup db-0.db; do sleep 1; done",
        "echo waiting for db; sleep 3600",
    ],
    ids=["is there", "outside of the cluster", "a Pod's own name", "names nobody"],
)
def test_no_host_is_said_to_be_missing_of_which_that_is_not_known(command: str) -> None:
    (cause,) = _statements(WAITING.replace("COMMAND", command))
    assert "is no Service" not in cause


def _statements(text: str) -> list[str]:
    return [cause.statement for cause in diagnose(snapshot_of(text), Incident()).root_causes]
