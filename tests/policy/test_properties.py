"""What holds for all policies and steps: no error, nothing that no entry allows, and a denial never allows more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase

from hypothesis import given, settings
from hypothesis import strategies as st

from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.domain.remediation import RemediationStep, Risk, Route
from cluster_doctor.domain.steps import FieldEdit, StepType, Verb
from cluster_doctor.remediation.policy import PastWrite, Policy, TargetFacts, judge, judge_in_turn
from cluster_doctor.remediation.policy.shapes import SHAPES
from policy.given import NOW

NAMES = st.sampled_from(["web", "api", "shop", "pay", "kube-system", "n1", ""])
NAMESPACES = st.sampled_from(["shop", "pay", "kube-system", "vault", None, ""])
KINDS = st.sampled_from(
    [
        ("Deployment", "apps/v1"),
        ("Pod", "v1"),
        ("Node", "v1"),
        ("Secret", "v1"),
        ("Widget", "a.b/v1"),
        ("Namespace", "v1"),
    ]
)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 2000),
    st.floats(),
    st.sampled_from(["1Gi", "500m", "9e999", "lots", "", "\ud800", "1e-999"]),
    st.recursive(
        st.none() | st.text(max_size=3),
        lambda x: st.lists(x, max_size=3) | st.dictionaries(st.text(max_size=3), x, max_size=3),
        max_leaves=6,
    ),
)
WORDS = (
    "spec replicas template containers [name=web] [0] resources limits memory data metadata annotations hard suspend"
)
PATHS = st.lists(st.sampled_from([*WORDS.split(), ""]), max_size=9).map(tuple)
SOUND = (
    (StepType.SCALE, "Deployment", "apps/v1", ("spec", "replicas"), 1, 3),
    (StepType.CORDON, "Node", "v1", ("spec", "unschedulable"), None, True),
    (StepType.ADJUST_QUOTA, "ResourceQuota", "v1", ("spec", "hard", "memory"), "1Gi", "2Gi"),
    (StepType.PATCH_ANNOTATION, "Secret", "v1", ("metadata", "annotations", "a"), None, "b"),
    (StepType.DELETE_POD, "Pod", "v1", None, None, None),
)
LABELS = st.none() | st.dictionaries(st.sampled_from(["app", "team"]), st.sampled_from(["web", "shop", ""]), max_size=2)
MOMENTS = st.integers(-(10**6), 10**6).map(lambda seconds: NOW - timedelta(seconds=seconds)) | st.sampled_from(
    [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC), datetime(2026, 1, 1)]  # noqa: DTZ001 - on purpose
)


@st.composite
def refs(draw: st.DrawFn) -> ObjectRef:
    kind, version = draw(KINDS)
    return ObjectRef(kind, draw(NAMES), draw(NAMESPACES), version)


@st.composite
def odd_steps(draw: st.DrawFn) -> RemediationStep:
    """Steps that no planner makes, some of which no type would take."""
    of = draw(st.sampled_from(list(StepType)))
    edits = draw(st.lists(st.builds(FieldEdit.model_construct, path=PATHS, was=VALUES, becomes=VALUES), max_size=2))
    return _made(draw(st.sampled_from([of, None])), draw(refs()), draw(st.sampled_from(list(Route)))).model_copy(
        update={
            "verb": draw(st.sampled_from([SHAPES[of].verb, *Verb])),
            "edits": tuple(edits),
            "manifest": draw(st.none() | st.dictionaries(st.sampled_from(["kind", "metadata"]), VALUES, max_size=2)),
            "patch": draw(st.none() | st.dictionaries(st.text(max_size=2), st.none(), max_size=1)),
        }
    )


@st.composite
def sound_steps(draw: st.DrawFn) -> RemediationStep:
    """Steps such as a planner makes."""
    of, kind, version, path, was, becomes = draw(st.sampled_from(SOUND))
    space = None if kind == "Node" else draw(st.sampled_from(["shop", "pay", "kube-system"]))
    target = ObjectRef(kind, draw(st.sampled_from(["web", "n1"])), space, version)
    edits = (FieldEdit(path=path, was=was, becomes=becomes),) if path else ()
    made = _made(of, target, draw(st.sampled_from([Route.GITOPS, Route.CLUSTER])))
    return made.model_copy(update={"verb": SHAPES[of].verb, "edits": edits})


def _made(of: StepType | None, target: ObjectRef, route: Route) -> RemediationStep:
    return RemediationStep(
        title="t",
        type=of,
        route=route,
        target=target,
        risk=Risk.LOW,
        precondition="",
        instruction="",
        undo="",
        check="",
    )


STEPS = st.one_of(sound_steps(), sound_steps(), odd_steps())


def _some(values: list[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=3)


SELECTORS = st.sampled_from(
    [{"matchLabels": {"app": "web"}}, {"matchExpressions": [{"key": "team", "operator": "NotIn", "values": ["pay"]}]}]
)
ABOUT: dict[str, st.SearchStrategy[object]] = {
    "types": _some([one.value for one in StepType if one is not StepType.REMOVE_FINALIZER]),
    "routes": _some(["gitops", "cluster"]),
    "namespaces": _some(["shop", "*", "p?y", "vault"]),
    "namespace_labels": SELECTORS,
    "kinds": _some(["Deployment", "Pod", "Node", "Secret", "Widget.a.b"]),
    "names": _some(["web", "*", "?1"]),
    "labels": SELECTORS,
    "windows": st.just([{"from": "11:00", "to": "13:00"}]) | st.just([{"from": "22:00", "to": "04:00"}]),
}
LIMITS: dict[str, st.SearchStrategy[object]] = {
    "size": st.fixed_dictionaries(
        {}, optional={name: st.integers(0, 100) for name in ("replicas", "replica_change", "memory_percent")}
    ),
    "rate": st.just({"overall": {"writes": 2, "within": "1h"}, "per_object": {"writes": 1, "within": "2d"}}),
    "even_if_kept": st.booleans(),
}


def _entries(optional: dict[str, st.SearchStrategy[object]]) -> st.SearchStrategy[dict[str, object]]:
    """Entries that say a thing or two: those that say much are about nothing."""
    chosen = st.lists(st.sampled_from(sorted(optional)), max_size=2, unique=True)
    said = chosen.flatmap(lambda names: st.fixed_dictionaries({name: optional[name] for name in names}))
    return st.tuples(st.booleans(), said).map(
        lambda both: ({"routes": ["gitops", "cluster"]} if both[0] else {}) | both[1]
    )


@st.composite
def policies(draw: st.DrawFn) -> dict[str, object]:
    """Policies, as their files have them."""
    deny = draw(st.lists(_entries(ABOUT), max_size=2))
    allow = draw(st.lists(_entries({**ABOUT, **LIMITS}), max_size=3))
    entries = {"deny": deny, "allow": allow}
    return {
        "version": 1,
        **{
            where: [{"name": f"{where} {number}", **one} for number, one in enumerate(listed)]
            for where, listed in entries.items()
        },
    }


def read(raw: dict[str, object]) -> Policy:
    return Policy.model_validate(raw, strict=False)


FACTS = st.builds(TargetFacts, labels=LABELS, namespace_labels=LABELS, keeper=st.sampled_from([None, "", "Argo CD"]))
PAST = st.lists(st.builds(PastWrite, target=refs(), type=st.sampled_from(list(StepType)), at=MOMENTS), max_size=4)


@settings(max_examples=400, deadline=None)
@given(raw=policies(), step=STEPS, facts=FACTS, past=PAST, now=st.just(NOW) | MOMENTS)
def test_every_step_gets_a_verdict_and_an_allowed_one_has_an_entry(
    raw: dict[str, object], step: RemediationStep, facts: TargetFacts, past: list[PastWrite], now: datetime
) -> None:
    policy = read(raw)
    verdict = judge(policy, step, facts, past, now)
    assert verdict.reasons
    assert verdict.approvals >= 1
    if not verdict.allowed:
        return
    space = step.target.name if step.target.kind == "Namespace" else step.target.namespace
    assert not any(fnmatchcase(space or "", glob) for glob in policy.protected_namespaces)
    assert step.route is not Route.PERSON
    assert step.type not in {None, StepType.REMOVE_FINALIZER}
    assert any(
        step.route.value in (entry.routes or ())
        and (entry.types is None or step.type in entry.types)
        and (entry.namespaces is None or any(fnmatchcase(space or "", glob) for glob in entry.namespaces))
        and (entry.names is None or any(fnmatchcase(step.target.name, glob) for glob in entry.names))
        and (entry.kinds is None or step.target.kind in {word.partition(".")[0] for word in entry.kinds})
        for entry in policy.allow
    )


@settings(max_examples=300, deadline=None)
@given(
    raw=policies(),
    more=_entries(ABOUT),
    listed=st.lists(st.tuples(STEPS, FACTS), min_size=1, max_size=3),
    past=PAST,
    first=st.booleans(),
)
def test_a_denial_never_allows_more(
    raw: dict[str, object],
    more: dict[str, object],
    listed: list[tuple[RemediationStep, TargetFacts]],
    past: list[PastWrite],
    first: bool,  # noqa: FBT001 - drawn
) -> None:
    denials = raw["deny"]
    assert isinstance(denials, list)
    added = {"name": "more", **more}
    stricter = read({**raw, "deny": [added, *denials] if first else [*denials, added]})
    for step, facts in listed:
        before, after = judge(read(raw), step, facts, past, NOW), judge(stricter, step, facts, past, NOW)
        assert before.allowed or not after.allowed
    assert len(judge_in_turn(stricter, listed, past, NOW)) == len(listed)
