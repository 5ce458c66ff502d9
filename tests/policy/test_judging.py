"""What a policy allows, and what it does not, each beside its opposite."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import JsonValue

from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.domain.remediation import Route
from cluster_doctor.domain.steps import StepType, Verb
from cluster_doctor.remediation.policy import DEFAULT_POLICY, PastWrite, TargetFacts, judge, judge_in_turn
from policy.given import CONTAINER, KNOWN, NOW, UNKNOWN, WEB, policy, refused, step, verdict, written

ANYTHING = "allow: [{name: all, routes: [gitops, cluster]}]"
POD = ObjectRef("Pod", "web-0", "shop")
OTHER_POD = ObjectRef("Pod", "web-1", "shop")
NODE = ObjectRef("Node", "n1")
OTHER_NODE = ObjectRef("Node", "n2")
QUOTA = ObjectRef("ResourceQuota", "all", "shop")
MEMORY = (*CONTAINER, "resources", "limits", "memory")
REPLICAS = ("spec", "replicas")
UNSCHEDULABLE = ("spec", "unschedulable")
CORDON = step(StepType.CORDON, NODE, (UNSCHEDULABLE, None, True))


def allowing(rest: str) -> str:
    """One entry that allows steps in the cluster, with something more."""
    return f"allow: [{{name: some, routes: [cluster], {rest}}}]"


def test_nothing_is_allowed_by_a_policy_that_says_nothing() -> None:
    assert refused("", step()).startswith("no entry allows scale of Deployment shop/web by cluster")
    assert refused("", step(route=Route.GITOPS))


def test_the_default_allows_pull_requests_and_nothing_in_the_cluster() -> None:
    by_pull_request = judge(DEFAULT_POLICY, step(route=Route.GITOPS), UNKNOWN, (), NOW)
    assert (by_pull_request.allowed, by_pull_request.approvals, by_pull_request.approvers) == (True, 1, ())
    assert not judge(DEFAULT_POLICY, step(), KNOWN, (), NOW).allowed


@pytest.mark.parametrize("namespace", ["kube-system", "kube-public", "kube-node-lease", "openshift-dns", "openshift"])
@pytest.mark.parametrize("route", [Route.GITOPS, Route.CLUSTER])
def test_namespaces_of_the_platform_are_out_of_reach_on_every_route(namespace: str, route: Route) -> None:
    there = step(target=ObjectRef("Deployment", "web", namespace, "apps/v1"), route=route)
    assert f"namespace {namespace} is protected" in refused(ANYTHING, there)
    itself = step(
        StepType.PATCH_ANNOTATION, ObjectRef("Namespace", namespace), (("metadata", "annotations", "a"), None, "b")
    )
    assert f"namespace {namespace} is protected" in refused(ANYTHING, itself)


def test_protected_namespaces_can_be_others() -> None:
    text = f"protected_namespaces: ['vault-*']\n{ANYTHING}"
    assert "protected (vault-*)" in refused(text, step(target=ObjectRef("Deployment", "web", "vault-1", "apps/v1")))
    assert not refused(text, step(target=ObjectRef("Deployment", "web", "vault", "apps/v1")))


@pytest.mark.parametrize("route", [Route.GITOPS, Route.CLUSTER])
def test_values_of_secrets_are_never_written(route: Route) -> None:
    secret = ObjectRef("Secret", "db", "shop")
    for of, path in (
        (StepType.PATCH_ANNOTATION, ("data", "password")),
        (StepType.EDIT_CONFIG_MAP, ("data", "password")),
        (StepType.PATCH_ANNOTATION, ("metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration")),
    ):
        assert "values of Secrets" in refused(ANYTHING, step(of, secret, (path, None, "x"), route=route))
    created = step(StepType.CREATE_CONFIG_MAP, secret, manifest={"kind": "Secret"}, route=route)
    assert "values of Secrets" in refused(ANYTHING, created)
    noted = step(StepType.PATCH_ANNOTATION, secret, (("metadata", "annotations", "owner"), None, "x"), route=route)
    assert not refused(ANYTHING, noted)


def test_removing_a_finalizer_has_to_be_named() -> None:
    gone = step(StepType.REMOVE_FINALIZER, WEB, (("metadata", "finalizers"), ["a", "b"], ["a"]))
    assert "not about remove_finalizer" in refused(ANYTHING, gone)
    named = allowing("types: [remove_finalizer], kinds: [Deployment]")
    assert not refused(named, gone)
    added = step(StepType.REMOVE_FINALIZER, WEB, (("metadata", "finalizers"), ["a"], ["a", "b"]))
    assert "only takes away" in refused(named, added)


@pytest.mark.parametrize(
    ("rest", "allowed"),
    [
        ("types: [scale]", True),
        ("types: [restart]", False),
        ("namespaces: [shop]", True),
        ("namespaces: ['sh*']", True),
        ("namespaces: ['?shop']", False),
        ("namespaces: [sho]", False),
        ("kinds: [Deployment]", True),
        ("kinds: [Deployment.apps]", True),
        ("kinds: [Deployment.extensions]", False),
        ("kinds: [StatefulSet]", False),
        ("names: [web]", True),
        ("names: ['web-*']", False),
        ("labels: {matchLabels: {app: web}}", True),
        ("labels: {matchLabels: {app: api}}", False),
        ("labels: {matchExpressions: [{key: app, operator: In, values: [api, web]}]}", True),
        ("labels: {matchExpressions: [{key: app, operator: DoesNotExist}]}", False),
        ("namespace_labels: {matchLabels: {team: shop}}", True),
        ("namespace_labels: {matchLabels: {team: pay}}", False),
    ],
)
def test_an_entry_is_about_what_it_names(rest: str, allowed: bool) -> None:  # noqa: FBT001 - a table
    assert bool(refused(allowing(rest), step())) is not allowed
    denying = f"deny: [{{name: no, {rest}}}]\n{ANYTHING}"
    assert bool(refused(denying, step())) is allowed, "the same words in a denial mean the same objects"


@pytest.mark.parametrize("rest", ["labels: {matchLabels: {app: web}}", "namespace_labels: {matchLabels: {team: shop}}"])
def test_labels_that_are_not_known_deny(rest: str) -> None:
    assert "not known" in refused(allowing(rest), step(), UNKNOWN)
    assert "not known" in refused(
        f"deny: [{{name: no, {rest}}}]\n{ANYTHING}", step(), KNOWN.model_copy(update=dict(UNKNOWN))
    )
    elsewhere = rest + ", namespaces: [pay]"
    assert not refused(f"deny: [{{name: no, {elsewhere}}}]\n{ANYTHING}", step(), TargetFacts(keeper="")), (
        "an entry about another namespace is not about this one, whatever the labels"
    )


def test_an_entry_without_routes_is_about_pull_requests_alone() -> None:
    assert not refused("allow: [{name: some}]", step(route=Route.GITOPS))
    assert "only about the route gitops" in refused("allow: [{name: some}]", step())


def test_entries_about_namespaces_are_not_about_nodes() -> None:
    assert "objects in namespaces" in refused(allowing("namespaces: ['*']"), CORDON)
    assert not refused(allowing("kinds: [Node]"), CORDON)


def test_a_step_that_does_not_say_its_namespace_is_denied() -> None:
    assert "in which namespace" in refused(ANYTHING, step(target=ObjectRef("Deployment", "web", None, "apps/v1")))


def test_a_target_is_what_the_api_server_will_take_it_for() -> None:
    bare = ObjectRef("Deployment", "web", "shop")
    noted = step(StepType.PATCH_ANNOTATION, bare, (("metadata", "annotations", "a"), None, "b"))
    assert refused(f"deny: [{{name: no, kinds: [Deployment]}}]\n{ANYTHING}", noted), "the version may be left out"
    assert not refused(allowing("kinds: [Deployment]"), step(target=bare))
    dressed = step(StepType.CORDON, ObjectRef("Node", "n1", "shop"), (UNSCHEDULABLE, None, True))
    assert "a Node lives in no namespace" in refused(allowing("namespaces: [shop]"), dressed)
    for name in ("web/scale", "..", "web?x=y", "web%2fscale"):
        assert "no name but a path" in refused(ANYTHING, step(target=ObjectRef("Deployment", name, "shop", "apps/v1")))
        assert "no name but a path" in refused(ANYTHING, step(target=ObjectRef("Deployment", "web", name, "apps/v1")))


def test_a_denial_overrides_wherever_it_stands_and_says_why() -> None:
    text = f"{ANYTHING}\ndeny: [{{name: payments, namespaces: [shop], reason: ask the bank}}]"
    assert refused(text, step()) == "entry 'payments' denies it: ask the bank"
    assert not refused(text, step(target=ObjectRef("Deployment", "web", "other", "apps/v1")))


def test_the_first_entry_about_a_step_decides_and_a_wider_one_does_not_bring_it_back() -> None:
    text = """
allow:
- {name: narrow, routes: [cluster], namespaces: [shop], size: {replicas: 2}, approvals: {people: 2}}
- {name: wide, routes: [cluster]}
"""
    assert "entry 'narrow' decides; spec.replicas would become 3" in refused(text, step())
    small = verdict(text, step(StepType.SCALE, WEB, (REPLICAS, 1, 2)))
    assert (small.allowed, small.approvals, small.reasons) == (True, 2, ("entry 'narrow' allows it",))
    elsewhere = verdict(text, step(target=ObjectRef("Deployment", "web", "other", "apps/v1")))
    assert (elsewhere.allowed, elsewhere.approvals) == (True, 1)


@pytest.mark.parametrize(
    ("size", "was", "becomes", "said"),
    [
        ("replicas: 3", 1, 3, ""),
        ("replicas: 3", 1, 4, "would become 4; at most 3"),
        ("replicas: 3", 1, None, "left to a default"),
        ("replica_change: 2", 5, 3, ""),
        ("replica_change: 2", 5, 2, "change by 3; at most 2"),
        ("replica_change: 2", 1, 4, "change by 3; at most 2"),
        ("replica_change: 2", None, 2, "cannot be told"),
        ("replicas: 3", 1, "2", "no number of replicas"),
        ("replicas: 3", 1, True, "no number of replicas"),
        ("replicas: 3", 1, -1, "no number of replicas"),
        ("replicas: 3", 1, 2.5, "no number of replicas"),
    ],
)
def test_replicas_have_a_limit_and_so_has_their_change(size: str, was: object, becomes: object, said: str) -> None:
    found = refused(allowing(f"size: {{{size}}}"), step(StepType.SCALE, WEB, (REPLICAS, was, becomes)))  # type: ignore[arg-type] # odd values on purpose
    assert said in found
    assert bool(found) is bool(said)


@pytest.mark.parametrize(
    ("limit", "was", "becomes", "said"),
    [
        ("memory_percent: 50", "512Mi", "768Mi", ""),
        ("memory_percent: 50", "512Mi", "1Gi", "grow by 100%; at most 50%"),
        ("memory_percent: 50", "1Gi", "512Mi", ""),
        ("memory_percent: 50", None, "1Gi", "cannot be told"),
        ("memory_percent: 50", "1Gi", None, "cannot be told"),
        ("memory_percent: 50", "0", "1", "from nothing"),
        ("memory_percent: 0", "1Gi", "1024Mi", ""),
        ("cpu_percent: 50", "512Mi", "8Gi", ""),
        ("memory_percent: 50", "512Mi", "lots", "no quantity"),
        ("cpu_percent: 50", "512Mi", "lots", "no quantity"),
        ("memory_percent: 50", "much", "1Gi", "no quantity"),
        ("memory_percent: 50", "1Gi", "-1Gi", "no quantity"),
        ("memory_percent: 50", "1Gi", {}, "no quantity"),
    ],
)
def test_memory_may_grow_by_so_many_percent(limit: str, was: object, becomes: object, said: str) -> None:
    found = refused(allowing(f"size: {{{limit}}}"), step(StepType.SET_RESOURCES, WEB, (MEMORY, was, becomes)))  # type: ignore[arg-type] # as above
    assert said in found
    assert bool(found) is bool(said)


@pytest.mark.parametrize(
    ("of", "target", "path", "limit"),
    [
        (StepType.SET_RESOURCES, WEB, (*CONTAINER, "resources", "requests", "cpu"), "cpu"),
        (StepType.ADJUST_QUOTA, QUOTA, ("spec", "hard", "limits.memory"), "memory"),
        (StepType.ADJUST_QUOTA, QUOTA, ("spec", "hard", "cpu"), "cpu"),
        (
            StepType.ADJUST_QUOTA,
            QUOTA,
            ("spec", "hard", "gold.storageclass.storage.k8s.io/requests.storage"),
            "storage",
        ),
        (
            StepType.EXPAND_CLAIM,
            ObjectRef("PersistentVolumeClaim", "db", "shop"),
            ("spec", "resources", "requests", "storage"),
            "storage",
        ),
    ],
)
def test_growth_is_limited_wherever_a_size_stands(
    of: StepType, target: ObjectRef, path: tuple[str, ...], limit: str
) -> None:
    grown = step(of, target, (path, "1", "2"))
    assert "grow by 100%" in refused(allowing(f"size: {{{limit}_percent: 99}}"), grown)
    assert not refused(allowing(f"size: {{{limit}_percent: 100}}"), grown)


def test_a_size_inside_a_part_that_is_set_at_once_counts() -> None:
    def template(memory: str) -> dict[str, object]:
        return {"spec": {"containers": [{"name": "web", "resources": {"limits": {"memory": memory}}}]}}

    back = step(StepType.ROLL_BACK, WEB, (("spec", "template"), template("1Gi"), template("4Gi")))  # type: ignore[arg-type] # plain JSON
    assert "grow by 300%" in refused(allowing("size: {memory_percent: 50}"), back)
    assert not refused(allowing("size: {memory_percent: 300}"), back)


def test_one_node_at_a_time_unless_more_are_allowed() -> None:
    cordoned = [written(timedelta(days=3), OTHER_NODE, StepType.CORDON)]
    assert "1 Node is cordoned by us already" in refused(ANYTHING, CORDON, past=cordoned)
    assert not refused(allowing("size: {nodes_at_a_time: 2}"), CORDON, past=cordoned)
    back = [*cordoned, written(timedelta(hours=1), OTHER_NODE, StepType.UNCORDON)]
    assert not refused(ANYTHING, CORDON, past=back[::-1]), "the order in which writes are told does not matter"
    assert not refused(ANYTHING, CORDON, past=[written(timedelta(days=3), NODE, StepType.CORDON)])


def test_one_pod_at_a_time_until_it_has_settled() -> None:
    evicted = step(StepType.EVICT_POD, POD)
    just_now = [written(timedelta(minutes=9), OTHER_POD, StepType.DELETE_POD)]
    assert "1 Pod was evicted or deleted by us in the last 10m" in refused(ANYTHING, evicted, past=just_now)
    assert not refused(ANYTHING, evicted, past=[written(timedelta(minutes=11), OTHER_POD, StepType.EVICT_POD)])
    assert not refused(allowing("size: {pods_at_a_time: 2}"), evicted, past=just_now)
    assert not refused(allowing("size: {pods_settle: 5m}"), evicted, past=just_now)


def test_writes_are_limited_per_object_and_overall() -> None:
    mine, others = written(timedelta(minutes=30)), written(timedelta(minutes=30), POD, StepType.DELETE_POD)
    per_object = "rate: {per_object: {writes: 1, within: 1h}}"
    assert "1 per 1h to Deployment shop/web" in refused(allowing(per_object), step(), past=[mine])
    assert not refused(allowing(per_object), step(), past=[others])
    assert not refused(allowing(per_object), step(), past=[written(timedelta(minutes=60))])
    overall = "rate: {overall: {writes: 2, within: 1d}}"
    assert "2 per 1d overall" in refused(f"{overall}\n{ANYTHING}", step(), past=[mine, others])
    assert not refused(f"{overall}\n{ANYTHING}", step(), past=[mine])
    assert refused(allowing(per_object), step(), past=[written(-timedelta(minutes=5))]), "a faster clock wrote it"


@pytest.mark.parametrize(
    ("window", "now", "allowed"),
    [
        ("days: [wed]", "2026-03-04T12:00+00:00", True),
        ("days: [tue]", "2026-03-04T12:00+00:00", False),
        ("from: '09:00', to: '17:00'", "2026-03-04T09:00+00:00", True),
        ("from: '09:00', to: '17:00'", "2026-03-04T17:00+00:00", False),
        ("from: 09:00, to: 17:00", "2026-03-04T16:59:59+00:00", True),
        ("from: 22:00, to: 04:00", "2026-03-04T23:00+00:00", True),
        ("from: 22:00, to: 04:00", "2026-03-04T03:59+00:00", True),
        ("from: 22:00, to: 04:00", "2026-03-04T04:00+00:00", False),
        ("days: [tue], from: 22:00, to: 04:00", "2026-03-04T03:00+00:00", True),
        ("days: [wed], from: 22:00, to: 04:00", "2026-03-04T03:00+00:00", False),
        ("days: [sun], from: 22:00, to: 04:00", "2026-03-02T03:00+00:00", True),
        ("days: [sun], from: 22:00, to: 00:00", "2026-03-02T00:00+00:00", False),
        ("days: [wed], timezone: Pacific/Auckland", "2026-03-04T12:00+00:00", False),
        ("days: [thu], timezone: Pacific/Auckland", "2026-03-04T12:00+00:00", True),
        ("from: 09:00, to: 10:00, timezone: Europe/Berlin", "2026-01-05T08:30+00:00", True),
        ("from: 09:00, to: 10:00, timezone: Europe/Berlin", "2026-07-06T08:30+00:00", False),
        ("from: 09:00, to: 10:00, timezone: Europe/Berlin", "2026-07-06T07:30+00:00", True),
        ("from: 02:00, to: 03:00, timezone: Europe/Berlin", "2026-10-25T00:30+00:00", True),
        ("from: 02:00, to: 03:00, timezone: Europe/Berlin", "2026-10-25T01:30+00:00", True),
    ],
)
def test_windows_hold_by_the_clocks_of_their_place(window: str, now: str, allowed: bool) -> None:  # noqa: FBT001 - a table
    at = datetime.fromisoformat(now)
    assert bool(refused(allowing(f"windows: [{{{window}}}]"), step(), now=at)) is not allowed
    frozen = f"deny: [{{name: freeze, windows: [{{{window}}}]}}]\n{ANYTHING}"
    assert bool(refused(frozen, step(), now=at)) is allowed, "a freeze holds just when a window would"


def test_what_git_keeps_is_not_changed_in_the_cluster_unless_that_is_said() -> None:
    kept = KNOWN.model_copy(update={"keeper": "Argo CD application shop"})
    assert "Argo CD application shop keeps Deployment shop/web" in refused(ANYTHING, step(), kept)
    assert not refused(ANYTHING, step(route=Route.GITOPS), kept)
    assert not refused(allowing("even_if_kept: true"), step(), kept)
    assert not refused(ANYTHING, step(StepType.DELETE_POD, POD), kept), "nothing differs from Git then"
    assert "not known" in refused(ANYTHING, step(), TargetFacts(labels={}, namespace_labels={}))
    flux = ObjectRef("Kustomization", "shop", "flux", "kustomize.toolkit.fluxcd.io/v1")
    asked = (("metadata", "annotations", "reconcile.fluxcd.io/requestedAt"), None, "now")
    assert not refused(ANYTHING, step(StepType.FLUX_RECONCILE, flux, asked), kept)
    assert "keeps" in refused(ANYTHING, step(StepType.FLUX_SUSPEND, flux, (("spec", "suspend"), None, True)), kept)


@pytest.mark.parametrize(
    ("of", "target", "edit", "said"),
    [
        (StepType.SCALE, WEB, ((*CONTAINER, "image"), "a", "b"), "scale does not set spec.template"),
        (StepType.SCALE, ObjectRef("DaemonSet", "a", "shop", "apps/v1"), (REPLICAS, 1, 2), "not for a DaemonSet"),
        (StepType.SCALE, ObjectRef("Deployment", "a", "shop", "example.com/v1"), (REPLICAS, 1, 2), "of example.com"),
        (StepType.RESTART, WEB, (("spec", "template", "metadata", "annotations"), None, {"a": "b"}), "does not set"),
        (StepType.CORDON, NODE, (UNSCHEDULABLE, True, None), "does not make spec.unschedulable None"),
        (StepType.UNCORDON, NODE, (UNSCHEDULABLE, None, True), "does not make spec.unschedulable True"),
        (StepType.CORDON, NODE, (UNSCHEDULABLE, None, 1), "does not make"),
        (
            StepType.EDIT_CONFIG_MAP,
            ObjectRef("ConfigMap", "a", "shop"),
            (("metadata", "labels", "a"), None, "b"),
            "set",
        ),
    ],
)
def test_a_step_that_is_not_what_its_type_says_is_denied(
    of: StepType, target: ObjectRef, edit: tuple[tuple[str, ...], object, object], said: str
) -> None:
    assert said in refused(ANYTHING, step(of, target, edit))  # type: ignore[arg-type] # plain JSON


def test_other_ways_to_be_something_else_are_denied() -> None:
    assert "done by patch, not by delete" in refused(ANYTHING, step(verb=Verb.DELETE))
    assert "which fields it sets" in refused(ANYTHING, step(StepType.RESTART, WEB))
    smuggled = step().model_copy(update={"patch": {"spec": {"replicas": 30}}})
    assert "its patch says something else" in refused(ANYTHING, smuggled)
    assert not refused(ANYTHING, step().model_copy(update={"patch": {"spec": {"replicas": 3}}}))
    assert "for a person to do" in refused(ANYTHING, step(route=Route.PERSON))
    assert "a person has to choose" in refused(ANYTHING, step().model_copy(update={"type": None}))
    assert "names no object" in refused(ANYTHING, step(target=ObjectRef("Deployment", "", "shop", "apps/v1")))
    assert "has a manifest" in refused(ANYTHING, step(manifest={"kind": "Role"}))


def test_what_is_created_is_what_the_step_names() -> None:
    target = ObjectRef("ConfigMap", "web", "shop")
    made: dict[str, JsonValue] = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "web", "namespace": "shop", "labels": {"a": "b"}},
    }
    labelled = allowing("labels: {matchLabels: {a: b}}")
    assert not refused(labelled, step(StepType.CREATE_CONFIG_MAP, target, manifest=made), UNKNOWN)
    other: dict[str, JsonValue] = {**made, "metadata": {"name": "web", "namespace": "kube-system"}}
    assert "another object" in refused(ANYTHING, step(StepType.CREATE_CONFIG_MAP, target, manifest=other))
    assert "another object" in refused(
        ANYTHING, step(StepType.CREATE_CONFIG_MAP, target, manifest={**made, "kind": "Role"})
    )
    assert "what it creates" in refused(ANYTHING, step(StepType.CREATE_CONFIG_MAP, target))


def test_times_without_a_zone_deny() -> None:
    naive = datetime(2026, 3, 4, 12, 0)  # noqa: DTZ001 - on purpose
    assert "no time zone" in refused(ANYTHING, step(), now=naive)
    past = PastWrite(target=WEB, type=StepType.SCALE, at=naive)
    assert "no time zone" in refused(ANYTHING, step(), past=[past])


def test_what_cannot_be_reckoned_denies() -> None:
    ancient = datetime(1, 1, 1, tzinfo=UTC)
    assert "could not be applied: OverflowError" in refused(
        allowing("rate: {overall: {writes: 1, within: 1d}}"), step(), now=ancient
    )


def test_steps_of_a_plan_are_judged_one_after_the_other() -> None:
    second = step(StepType.CORDON, OTHER_NODE, (UNSCHEDULABLE, None, True))
    first, then = judge_in_turn(policy(ANYTHING), [(CORDON, KNOWN), (second, KNOWN)], (), NOW)
    assert (first.allowed, then.allowed) == (True, False)
    both = judge_in_turn(policy(allowing("size: {nodes_at_a_time: 2}")), [(CORDON, KNOWN), (second, KNOWN)], (), NOW)
    assert all(one.allowed for one in both)
