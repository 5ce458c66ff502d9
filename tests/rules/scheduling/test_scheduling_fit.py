"""Why a Pod finds no node: which of several reasons is the one to change."""

from __future__ import annotations

import pytest

from cluster_doctor.domain.incident import Incident
from cluster_doctor.inference.diagnose import diagnose
from cluster_doctor.rules.example import snapshot_of

CONTROL_PLANE = """
kind: Node
metadata: {name: cp, labels: {node-role.kubernetes.io/control-plane: ''}}
spec: {taints: [{key: node-role.kubernetes.io/control-plane, effect: NoSchedule}]}
status: {allocatable: {cpu: '4', memory: 8Gi, pods: '110'}, conditions: [{type: Ready, status: 'True'}]}
"""
WORKER = """
---
kind: Node
metadata: {name: NAME, labels: LABELS}
spec: SPEC
status: {allocatable: {cpu: '4', memory: 8Gi, pods: '110'}, conditions: [{type: Ready, status: 'True'}]}
"""
WAITING = """
---
kind: Pod
metadata: {name: web-0, creationTimestamp: '2026-01-01T11:50:00Z'}
spec: WISH
status:
  phase: Pending
  conditions: [{type: PodScheduled, status: 'False', reason: Unschedulable, message: "SAYS"}]
"""


def _worker(name: str, labels: str = "{}", spec: str = "{}") -> str:
    return WORKER.replace("NAME", name).replace("LABELS", labels).replace("SPEC", spec)


def _causes(*parts: str, wish: str, says: str) -> list[str]:
    waiting = WAITING.replace("WISH", wish).replace("SAYS", says)
    diagnosis = diagnose(snapshot_of("".join((CONTROL_PLANE, *parts, waiting))), Incident(namespaces=("shop",)))
    return [cause.rule for cause in diagnosis.root_causes]


CP_TAINT = "1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }"
PLAIN = "{containers: [{name: app, resources: {requests: {cpu: 100m}}}]}"
BUSY = """
---
kind: Pod
metadata: {name: batch-0, namespace: other}
spec: {nodeName: n1, containers: [{name: app, resources: {requests: {cpu: '3500m'}}}]}
status: {phase: Running}
"""


def test_the_control_planes_taint_is_never_the_reason_beside_another() -> None:
    causes = _causes(
        _worker("n1", "{disk: hdd}"),
        wish="{nodeSelector: {disk: ssd}, containers: [{name: app}]}",
        says=f"0/2 nodes are available: {CP_TAINT}, 1 node(s) didn't match Pod's node affinity/selector.",
    )
    assert causes == ["node_selector_matches_no_node"]


def test_the_selected_nodes_taint_is_the_reason_and_not_the_selector() -> None:
    causes = _causes(
        _worker("n1", "{disk: ssd}", "{taints: [{key: team, value: data, effect: NoSchedule}]}"),
        _worker("n2", "{disk: hdd}"),
        wish="{nodeSelector: {disk: ssd}, containers: [{name: app}]}",
        says=f"0/3 nodes are available: {CP_TAINT}, 1 node(s) had untolerated taint {{team: data}}, "
        "1 node(s) didn't match Pod's node affinity/selector.",
    )
    assert causes == ["taint_is_not_tolerated"]


def test_the_selected_nodes_cordon_is_the_reason_and_not_the_selector() -> None:
    causes = _causes(
        _worker("n1", "{disk: ssd}", "{unschedulable: true}"),
        _worker("n2", "{disk: hdd}"),
        wish="{nodeSelector: {disk: ssd}, containers: [{name: app}]}",
        says=f"0/3 nodes are available: {CP_TAINT}, 1 node(s) were unschedulable, "
        "1 node(s) didn't match Pod's node affinity/selector.",
    )
    assert causes == ["nodes_are_cordoned"]


def test_a_request_larger_than_every_node_is_named_with_both_figures() -> None:
    says = f"0/2 nodes are available: {CP_TAINT}, 1 Insufficient cpu."
    wish = "{containers: [{name: app, resources: {requests: {cpu: '16'}}}]}"
    waiting = WAITING.replace("WISH", wish).replace("SAYS", says)
    diagnosis = diagnose(snapshot_of(CONTROL_PLANE + _worker("n1") + waiting), Incident())
    (cause,) = diagnosis.root_causes
    assert cause.rule == "cpu_request_fits_no_node"
    assert cause.facts["request"] == "16"
    assert cause.facts["largest"] == "4"


def test_room_that_other_pods_have_taken_is_no_fault_of_the_request_alone() -> None:
    says = f"0/2 nodes are available: {CP_TAINT}, 1 Insufficient cpu."
    wish = "{containers: [{name: app, resources: {requests: {cpu: '1'}}}]}"
    waiting = WAITING.replace("WISH", wish).replace("SAYS", says)
    diagnosis = diagnose(snapshot_of(CONTROL_PLANE + _worker("n1") + BUSY + waiting), Incident())
    (cause,) = diagnosis.root_causes
    assert cause.rule == "cpu_request_fits_no_node"
    assert "no node has that much left" in cause.statement


@pytest.mark.parametrize(
    ("spec", "says", "expected"),
    [
        ("{taints: [{key: gpu, effect: NoSchedule}]}", "1 node(s) had untolerated taint {gpu: }", "taint"),
        ("{unschedulable: true}", "1 node(s) were unschedulable", "cordoned"),
    ],
)
def test_a_single_reason_is_the_cause(spec: str, says: str, expected: str) -> None:
    causes = _causes(_worker("n1", spec=spec), wish=PLAIN, says=f"0/2 nodes are available: {CP_TAINT}, {says}.")
    assert len(causes) == 1
    assert expected in causes[0]


def test_a_cordoned_node_that_nobody_waits_for_is_no_finding() -> None:
    cluster = snapshot_of(CONTROL_PLANE + _worker("n1", spec="{unschedulable: true}"))
    assert diagnose(cluster, Incident()).root_causes == ()


def test_a_pod_that_was_scheduled_since_is_quiet() -> None:
    placed = """
---
kind: Pod
metadata: {name: web-0}
spec: {nodeName: n1, containers: [{name: app}]}
status: {phase: Running, conditions: [{type: Ready, status: 'True'}, {type: PodScheduled, status: 'True'}]}
---
kind: Event
metadata: {name: e}
type: Warning
reason: FailedScheduling
message: '0/2 nodes are available: 2 Insufficient cpu.'
involvedObject: {kind: Pod, name: web-0}
lastTimestamp: '2026-01-01T11:00:00Z'
"""
    assert diagnose(snapshot_of(CONTROL_PLANE + _worker("n1") + placed), Incident()).root_causes == ()


CORDONED = """
---
kind: Node
metadata: {name: cp2, labels: {node-role.kubernetes.io/control-plane: ''}}
spec: {unschedulable: true}
status: {allocatable: {cpu: '4', memory: 8Gi, pods: '110'}, conditions: [{type: Ready, status: 'True'}]}
"""


def test_a_cordoned_control_plane_is_not_blamed_for_an_affinity_that_was_not_read() -> None:
    causes = _causes(
        CORDONED,
        _worker("n1"),
        wish="{containers: [{name: app}]}",
        says=f"0/3 nodes are available: {CP_TAINT}, 1 node(s) were unschedulable, "
        "1 node(s) didn't match Pod's node affinity/selector.",
    )
    assert causes == ["node_affinity_matches_no_node"]


BESIDE = "{labelSelector: {matchLabels: {app: web}}, topologyKey: kubernetes.io/hostname}"


@pytest.mark.parametrize(
    ("affinity", "says", "rule"),
    [
        ("podAntiAffinity", ", 1 node(s) didn't match pod anti-affinity rules", "pod_anti_affinity_leaves_no_node"),
        ("podAntiAffinity", "", "pod_anti_affinity_leaves_no_node"),
        ("podAntiAffinity", ", 1 node(s) didn't satisfy existing pods anti-affinity rules",
         "pod_anti_affinity_leaves_no_node"),
        ("podAffinity", ", 1 node(s) didn't match pod affinity rules", "pod_affinity_matches_no_pod"),
        ("podAffinity", "", "pod_affinity_matches_no_pod"),
    ],
)  # fmt: skip
def test_older_schedulers_word_both_pod_affinities_alike(affinity: str, says: str, rule: str) -> None:
    causes = _causes(
        _worker("n1"),
        wish=f"{{affinity: {{{affinity}: {{requiredDuringSchedulingIgnoredDuringExecution: [{BESIDE}]}}}}, "
        "containers: [{name: app}]}",
        says=f"0/2 nodes are available: {CP_TAINT}, 1 node(s) didn't match pod affinity/anti-affinity{says}.",
    )
    assert causes == [rule]


BARE = """
---
kind: Pod
metadata: {name: web-0, creationTimestamp: '2026-01-01T11:50:00Z'}
spec: WISH
status: {phase: Pending, conditions: [{type: PodScheduled, status: 'False'}]}
"""
TERM = "{matchExpressions: [{key: zone, operator: In, values: [z9]}]}"
ZONE = f"{{requiredDuringSchedulingIgnoredDuringExecution: {{nodeSelectorTerms: [{TERM}]}}}}"


def _untold(wish: str) -> list[str]:
    text = CONTROL_PLANE + _worker("n1", "{zone: z1}") + _worker("n2", "{zone: z2}") + BARE.replace("WISH", wish)
    return [cause.rule for cause in diagnose(snapshot_of(text), Incident(namespaces=("shop",))).root_causes]


def test_the_objects_tell_why_no_node_fits_when_the_schedulers_words_are_gone() -> None:
    assert _untold(f"{{affinity: {{nodeAffinity: {ZONE}}}, containers: [{{name: app}}]}}") == [
        "node_affinity_matches_no_node"
    ]
    assert _untold("{containers: [{name: app, resources: {requests: {cpu: '9'}}}]}") == ["cpu_request_fits_no_node"]


def test_nothing_is_guessed_where_a_node_could_take_the_pod() -> None:
    assert not _untold("{nodeSelector: {zone: z1}, containers: [{name: app}]}")


def test_a_gated_pod_has_not_been_refused() -> None:
    gated = f"{{schedulingGates: [{{name: wait}}], affinity: {{nodeAffinity: {ZONE}}}, containers: [{{name: app}}]}}"
    assert "node_affinity_matches_no_node" not in _untold(gated)
