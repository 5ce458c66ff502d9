"""Whole pasted texts: prompts, fences, colours, prose, broken lines."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from cluster_doctor.domain.coverage import GapReason
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.snapshot.builder import SnapshotBuilder
from cluster_doctor.snapshot.records import Metric
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Node, Pod, Service
from cluster_doctor.sources.terminal.paste import parse_terminal
from terminal.reading import NOW


def pasted(text: str) -> tuple[ClusterSnapshot, str]:
    builder = SnapshotBuilder("paste")
    builder.taken_at = NOW
    prose = parse_terminal(textwrap.dedent(text), builder, now=NOW)
    return builder.build(), prose


def test_commands_in_a_markdown_fence_are_read_and_the_prose_is_returned() -> None:
    cluster, prose = pasted(
        """\
        The shop is down since noon!

        ```console
        $ kubectl get pods -n shop
        NAME              READY   STATUS             RESTARTS      AGE
        front-5d8-abcde   0/1     CrashLoopBackOff   7 (2m ago)    14m
        $ kubectl -n shop get svc front
        Error from server (NotFound): services "front" not found
        ```

        Nobody changed anything.
        """
    )
    assert prose == "The shop is down since noon!\n\nNobody changed anything."
    (pod,) = cluster.all(Pod)
    assert pod.containers[0].waiting == "CrashLoopBackOff"
    assert cluster.exists(Service, "shop", "front") is False
    assert cluster.covers("Pod", "shop", "front-5d8-abcde")
    assert not cluster.unparsed


def test_a_refused_list_is_a_gap_and_not_an_empty_list() -> None:
    cluster, _ = pasted(
        """\
        $ kubectl get secrets -n shop
        Error from server (Forbidden): secrets is forbidden: User "ann" cannot list resource "secrets" in API group "" in the namespace "shop"
        """  # noqa: E501 - as the server says it
    )
    (gap,) = cluster.coverage.gaps
    assert (gap.kind, gap.namespace, gap.reason) == ("Secret", "shop", GapReason.FORBIDDEN)
    assert not cluster.covers("Secret", "shop")


def test_a_table_that_hides_labels_or_keys_does_not_cover_its_kind() -> None:
    hidden, _ = pasted(
        """\
        $ kubectl get pods -n shop
        NAME    READY   STATUS    RESTARTS   AGE
        web-0   1/1     Running   0          5m
        $ kubectl get secrets -n shop
        NAME   TYPE     DATA   AGE
        db     Opaque   2      5m
        $ kubectl get sa -n shop
        NAME      SECRETS   AGE
        default   0         5m
        """
    )
    assert not hidden.covers("Pod", "shop")
    assert not hidden.covers("Secret", "shop")
    assert hidden.covers("ServiceAccount", "shop")
    shown, _ = pasted(
        """\
        $ kubectl get pods -n shop --show-labels
        NAME    READY   STATUS    RESTARTS   AGE   LABELS
        web-0   1/1     Running   0          5m    app=web
        """
    )
    assert shown.covers("Pod", "shop")


def test_a_table_without_a_command_is_recognised_but_covers_no_list() -> None:
    cluster, prose = pasted(
        """\
        look:
        NAME     STATUS     ROLES    AGE   VERSION
        node-a   NotReady   <none>   9d    v1.31.2

        that is all I have
        """
    )
    assert [node.name for node in cluster.all(Node)] == ["node-a"]
    assert not cluster.covers("Node")
    assert cluster.covers("Node", None, "node-a")
    assert prose == "look:\n\nthat is all I have"


def test_a_description_without_a_command_is_recognised() -> None:
    cluster, prose = pasted(
        """\
        Name:         web
        Namespace:    shop
        Node:         n1/10.0.0.1
        Status:       Running
        Containers:
          c:
            Image:  nginx
        Events:
          Type     Reason     Age   From     Message
          ----     ------     ----  ----     -------
          Warning  Unhealthy  5s    kubelet  Readiness probe failed

        please help
        """
    )
    assert [pod.namespace for pod in cluster.all(Pod)] == ["shop"]
    assert prose == "please help"


def test_colours_and_foreign_line_ends_are_taken_out() -> None:
    cluster, _ = pasted(
        "\x1b[32mann@host\x1b[0m:~$ kubectl get pods -n shop\r\n"
        "NAME    READY   STATUS    RESTARTS   AGE\r\n\x1b[1mweb-0\x1b[0m   1/1     Running   0          5m\r\n"
    )
    assert [pod.name for pod in cluster.all(Pod)] == ["web-0"]


def test_lines_that_a_narrow_terminal_broke_are_joined() -> None:
    whole = (
        "NAME    READY   STATUS    RESTARTS   AGE   IP         NODE     NOMINATED NODE   READINESS GATES\n"
        "web-0   1/1     Running   0          5m    10.1.0.4   node-a   <none>           <none>\n"
        "web-1   0/1     Pending   0          5m    <none>     <none>   <none>           <none>\n"
    )
    broken = "\n".join(part for line in whole.splitlines() for part in (line[:60], line[60:]) if part)
    cluster, _ = pasted(f"$ kubectl get pods -n shop -o wide\n{broken}\n")
    assert {pod.name: pod.node_name for pod in cluster.all(Pod)} == {"web-0": "node-a", "web-1": ""}


def test_logs_and_usage_become_records() -> None:
    cluster, _ = pasted(
        """\
        $ kubectl logs deploy/front -n shop -c app --previous
        2026-03-04T11:59:58.123456789Z 2026-03-04 11:59:58 ERROR no route to db
        panic: bye
        $ kubectl top pods -n shop
        NAME      CPU(cores)   MEMORY(bytes)
        front-1   250m         64Mi
        """
    )
    (log,) = cluster.logs
    assert log.subject == ObjectRef(kind="Deployment", name="front", namespace="shop", api_version="apps/v1")
    assert (log.container, log.previous) == ("app", True)
    assert log.lines == ("2026-03-04 11:59:58 ERROR no route to db", "panic: bye")
    pod = ObjectRef(kind="Pod", name="front-1", namespace="shop")
    cpu, memory = cluster.series(pod, Metric.CPU_CORES), cluster.series(pod, Metric.MEMORY_BYTES)
    assert cpu is not None
    assert memory is not None
    assert (cpu.values, memory.values) == ((0.25,), (67108864.0,))


def test_a_manifest_in_the_text_is_an_object() -> None:
    cluster, prose = pasted(
        """\
        This is what runs:
        ```yaml
        apiVersion: v1
        kind: Service
        metadata: {name: front, namespace: shop}
        spec: {selector: {app: front}}
        ```
        """
    )
    assert [service.selector for service in cluster.all(Service)] == [{"app": "front"}]
    assert prose == "This is what runs:"


def test_what_looks_printed_and_cannot_be_read_is_kept_as_unparsed() -> None:
    cluster, _ = pasted("$ kubectl get pods -n shop\nsegmentation fault\n")
    assert [part.text for part in cluster.unparsed] == ["segmentation fault\n"]
    assert not cluster.covers("Pod", "shop")


def test_a_described_object_and_its_row_are_one_object() -> None:
    cluster, _ = pasted(
        """\
        $ kubectl get pods -n shop
        NAME    READY   STATUS    RESTARTS   AGE
        web-0   0/1     Running   3          5m
        $ kubectl describe pod web-0 -n shop
        Name:         web-0
        Namespace:    shop
        Node:         n1/10.0.0.1
        Status:       Running
        Containers:
          app:
            Image:  nginx
            State:  Running
            Ready:  False
            Restart Count:  3
        Events:  <none>
        """
    )
    (pod,) = cluster.all(Pod)
    assert cluster.covers("Pod", "shop")
    assert [container.name for container in pod.containers] == ["app"]
    assert pod.containers[0].restarts == 3
    assert pod.text("metadata", "creationTimestamp") == "2026-03-04T11:55:00Z"


PRINTED = some.sampled_from(
    [
        "$ kubectl get pods -A", "kubectl describe node x", "Name:  x", "Node: y", "Containers:", "  a:", "Events:",
        "NAME   READY   STATUS   RESTARTS   AGE", "LAST SEEN   TYPE   REASON   OBJECT   MESSAGE", "---", "```",
        "  Type  Reason  Age  From  Message", "apiVersion: v1", "kind: Pod", "metadata: {name: [", "{", "Data\n====",
        "Environment:", "Labels:  a=b", "Annotations: :", "Replicas: x desired | y", "Resource  Used  Hard", "\t\x1b[1",
    ]
)  # fmt: skip


@settings(deadline=None)  # the machine may be busy
@given(some.lists(some.one_of(PRINTED, some.text(max_size=40)), max_size=30))
def test_no_text_raises(lines: list[str]) -> None:
    pasted("\n".join(lines))


@pytest.mark.parametrize(
    "line", ["kubectl", "kubectl get", "kubectl get pods --output", "kubectl logs", "oc get 'pods"]
)
def test_incomplete_commands_are_prose_or_nothing(line: str) -> None:
    cluster, _ = pasted(f"$ {line}\n")
    assert not cluster.objects
    assert not cluster.covers("Pod", "default")
