"""What waits for something that is suspended, gone or kept by Flux: the exact other way, and quiet without one."""

from __future__ import annotations

import pytest
from planning import planned, shown

from cluster_doctor.domain.remediation import RemediationPlan, Route
from cluster_doctor.domain.steps import StepType, Verb
from cluster_doctor.remediation.policy.shapes import misfits

KUSTOMIZATION = """
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {NAMED, creationTimestamp: '2026-01-01T08:00:00Z'}
spec: {SPEC}
status: {conditions: [{type: Ready, status: READY, reason: REASON, lastTransitionTime: '2026-01-01T09:00:00Z'}]}
---
"""
WAITING = (
    KUSTOMIZATION.replace("NAMED", "name: apps").replace("READY", "'False'").replace("REASON", "DependencyNotReady")
)
SOURCE = """
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: fleet}
spec: {suspend: true}
---
"""
DEPENDS = "dependsOn: [{name: infra}], sourceRef: {kind: GitRepository, name: fleet}"


def infra(spec: str, ready: str = "Unknown", named: str = "name: infra") -> str:
    text = KUSTOMIZATION.replace("NAMED", named).replace("SPEC", spec)
    return text.replace("READY", f"'{ready}'").replace("REASON", "Progressing")


def typed(plan: RemediationPlan) -> list[str]:
    assert [step.type for step in plan.steps] == [None]
    assert not [words for step in plan.alternatives if step.type for words in misfits(step)]
    return [shown(step) for step in plan.alternatives if step.type]


def waiting(*others: str) -> list[str]:
    text = WAITING.replace("SPEC", DEPENDS) + "".join(others)
    return typed(planned("custom_resource_is_not_ready", text)[1])


RECONCILE = (
    "flux_reconcile Kustomization shop/apps: "
    "metadata.annotations.reconcile.fluxcd.io/requestedAt: nothing -> 2026-01-01T12:00:00Z"
)
RESUME = "flux_resume Kustomization shop/infra: spec.suspend: True -> False"


def test_what_flux_waits_for_and_somebody_suspended_is_resumed() -> None:
    assert waiting(infra("suspend: true")) == [RESUME]
    assert waiting(SOURCE) == ["flux_resume GitRepository shop/fleet: spec.suspend: True -> False"]
    assert waiting(infra("suspend: true"), SOURCE) == [
        RESUME, "flux_resume GitRepository shop/fleet: spec.suspend: True -> False",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(infra(""), id="it is not suspended"),
        pytest.param(infra("suspend: true", ready="True"), id="it was brought about before"),
        pytest.param(infra("suspend: true", named="name: other"), id="nobody waits for it"),
        pytest.param(infra("suspend: true", named="name: infra, namespace: elsewhere"), id="it is another one"),
        pytest.param("", id="it was not read"),
    ],
)
def test_what_nobody_waits_for_in_vain_is_not_resumed(other: str) -> None:
    assert waiting(other) == [RECONCILE]


SERVICE = """
kind: Service
metadata: {name: web, labels: {kustomize.toolkit.fluxcd.io/name: infra, kustomize.toolkit.fluxcd.io/namespace: shop}}
spec: {selector: {app: web}}
---
kind: Deployment
metadata: {name: web}
spec: {template: {metadata: {labels: {app: website}}, spec: {containers: [{name: app}]}}}
---
kind: Pod
metadata:
  name: web-0
  labels: {app: website}
  ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, controller: true}]
---
"""
BY_HAND = "patch_selector Service shop/web: spec.selector.app: web -> website"


def kept(*others: str) -> RemediationPlan:
    return planned("service_selects_no_pods", SERVICE + "".join(others))[1]


def test_what_flux_keeps_is_changed_by_hand_only_after_its_delivery_is_suspended() -> None:
    plan = kept(infra("path: web", ready="True"))
    assert [step.route for step in plan.steps] == [Route.GITOPS]
    assert [(step.route, shown(step)) for step in plan.alternatives] == [
        (Route.CLUSTER, "flux_suspend Kustomization shop/infra: spec.suspend: nothing -> True"),
        (Route.CLUSTER, BY_HAND),
    ]
    assert not [words for step in plan.alternatives for words in misfits(step)]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(infra("suspend: true", ready="True"), id="it is suspended already"),
        pytest.param(infra("", ready="True", named="name: other"), id="another one is there"),
        pytest.param("", id="it was not read"),
    ],
)
def test_nothing_else_is_suspended(other: str) -> None:
    assert [shown(step) for step in kept(other).alternatives] == [BY_HAND]


POD = """
kind: Pod
metadata: {name: web-0}
spec: {nodeName: n1, containers: [{name: app, envFrom: [{REF: {name: NAME}}]}]}
status:
  phase: Pending
  containerStatuses: [{name: app, ready: false, state: {waiting: {reason: CreateContainerConfigError}}}]
---
{kind: ConfigMap, metadata: {name: any}}
---
{kind: Secret, metadata: {name: any}}
---
"""
MAKER = """
apiVersion: batch/v1
kind: CronJob
metadata: {name: tokens, NAMESPACE}
spec:
  schedule: '0 * * * *'
  suspend: SUSPENDED
  jobTemplate: {spec: {template: {spec: {containers: [{name: kubectl, command: [sh, -c, 'COMMAND']}]}}}}
"""
MAKE = "kubectl delete secret token; kubectl -n shop create secret generic --save-config token --from-literal=A=b"
RESUMED = "resume_cron_job CronJob shop/tokens: spec.suspend: True -> False"


def without(kind: str, name: str, *, command: str, suspended: str = "true", namespace: str = "namespace: shop") -> str:
    ref = "secretRef" if kind == "Secret" else "configMapRef"
    maker = MAKER.replace("COMMAND", command).replace("SUSPENDED", suspended).replace("NAMESPACE", namespace)
    return POD.replace("REF", ref).replace("NAME", name) + maker


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("secret_does_not_exist", without("Secret", "token", command=MAKE)),
        ("secret_does_not_exist", without("Secret", "token", command=MAKE, namespace="namespace: ops")),
        ("secret_does_not_exist", without("Secret", "pull", command="kubectl create secret docker-registry pull")),
        ("config_map_does_not_exist", without("ConfigMap", "rates", command="kubectl create cm rates --from-file=/r")),
    ],
)
def test_a_cron_job_that_makes_what_is_missing_is_resumed(rule: str, text: str) -> None:
    assert typed(planned(rule, text)[1]) == [RESUMED.replace("shop", "ops") if "namespace: ops" in text else RESUMED]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(without("Secret", "token", command=MAKE, suspended="false"), id="it is not suspended"),
        pytest.param(
            without("Secret", "pull", command="kubectl create secret generic pull", namespace="namespace: dev"),
            id="it makes one of its own namespace",
        ),
        pytest.param(without("Secret", "token", command=MAKE.replace("-n shop", "-n dev")), id="it makes it elsewhere"),
        pytest.param(without("Secret", "tok", command=MAKE), id="it makes one of a longer name"),
        pytest.param(without("Secret", "token", command="kubectl delete secret token"), id="it only deletes it"),
        pytest.param(
            without("Secret", "token", command="kubectl create secret generic other --from-literal=a=token"),
            id="it makes another one",
        ),
    ],
)
def test_no_other_cron_job_is_resumed(text: str) -> None:
    assert typed(planned("secret_does_not_exist", text)[1]) == []


SETTINGS = "{kind: ConfigMap, metadata: {name: WHOSE}, data: {GREETING: Grüße, MODE: fast, URL: 'http://a?b=1&c=<2>'}}"
BLOB = """
kind: ConfigMap
metadata: {name: WHOSE}
data: {text.conf: "a = 1\\n\\tb = \\"x\\"\\n\\\\ \\u2028 z\\b"}
binaryData: {blob: //4A}
"""


def copied(wanted: str, held: str) -> RemediationPlan:
    return planned("config_map_does_not_exist", POD.replace("REF", "configMapRef").replace("NAME", wanted) + held)[1]


@pytest.mark.parametrize(
    ("name", "held"),
    [("green-settings-t6f72b95k2", SETTINGS), ("shop-bin-b6hd5gtm97", BLOB)],
    ids=["text", "with bytes"],
)
def test_contents_that_the_name_is_a_hash_of_may_be_copied(name: str, held: str) -> None:
    """The names are those that `kubectl kustomize` gives to generated ConfigMaps of these contents."""
    plan = copied(name, held.replace("WHOSE", "blue-settings"))
    assert typed(plan) == [f"create_config_map ConfigMap shop/{name}"]
    (step,) = plan.alternatives
    assert step.verb is Verb.CREATE
    assert step.manifest is not None
    assert step.manifest["metadata"] == {"name": name, "namespace": "shop"}
    if held is SETTINGS:
        assert step.manifest["data"] == {"GREETING": "Grüße", "MODE": "fast", "URL": "http://a?b=1&c=<2>"}


@pytest.mark.parametrize(
    ("name", "held"),
    [
        pytest.param("green-settings-t6f72b95k3", SETTINGS, id="another hash"),
        pytest.param("green-settings", SETTINGS, id="a name that is no hash"),
        pytest.param("settings-t6f72b95k2", SETTINGS.replace("fast", "slow"), id="contents that were changed since"),
        pytest.param("settings-6ct58987ht", "{kind: ConfigMap, metadata: {name: WHOSE}}", id="nothing in it"),
    ],
)
def test_contents_that_are_not_known_are_a_persons(name: str, held: str) -> None:
    plan = copied(name, held.replace("WHOSE", "blue-settings"))
    assert typed(plan) == []
    assert StepType.CREATE_CONFIG_MAP not in {step.type for step in plan.steps}
