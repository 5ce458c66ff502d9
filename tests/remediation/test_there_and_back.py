"""What is shown of a change is the change, and taking it back leads back, whatever the object."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as some
from pydantic import JsonValue

from cluster_doctor.domain.steps import FieldEdit
from cluster_doctor.remediation.cluster.difference import bare, difference
from cluster_doctor.remediation.fields import Object, edited

SCALARS = some.none() | some.booleans() | some.integers(0, 3) | some.sampled_from(["", "a", "TCP", "x=[y]", "1"])
KEYS = some.sampled_from(["a", "b.c/d", "name", "port", "protocol", "[0]", "spec", "key", "e~f"])
NAMED = some.fixed_dictionaries(
    {"name": some.sampled_from(["web", "side", "x]y", "8", 8, "a,b", "a=b", ""])},
    optional={"port": some.integers(0, 2), "image": SCALARS},
)
PORTS = some.fixed_dictionaries(
    {"port": some.integers(0, 1) | some.just("1")},
    optional={"protocol": some.sampled_from(["TCP", "UDP"]), "targetPort": SCALARS},
)
MEMBERS = some.lists(NAMED, max_size=3) | some.lists(PORTS, max_size=3)
VALUES = some.recursive(
    SCALARS | MEMBERS,
    lambda inner: some.dictionaries(KEYS, inner, max_size=3) | some.lists(inner, max_size=3),
    max_leaves=8,
)
MAPS = some.dictionaries(some.sampled_from(["a", "example.com/b", "d.e"]), some.sampled_from(["", "1", "2"]))


@some.composite
def pairs(draw: some.DrawFn) -> tuple[Object, Object]:
    """Two objects, or one object before and after fields of a list's members changed."""
    before = draw(objects())
    if draw(some.booleans()):
        return before, draw(objects())
    members = draw(some.lists(NAMED, max_size=3) | some.lists(PORTS, max_size=3))
    changed = [{**member, "targetPort": draw(some.integers(0, 2))} for member in members]
    kept = draw(some.integers(0, len(changed)))
    more = draw(some.lists(PORTS, max_size=1))
    old, new = ({**before, "spec": {"ports": _set(ports)}} for ports in (members, changed[:kept] + more))
    return old, new


@some.composite
def objects(draw: some.DrawFn) -> Object:
    """An object as an API server holds it: where a field is not set, there is none."""
    metadata: dict[str, JsonValue] = {"name": "x"}
    for kind in ("annotations", "labels"):
        if found := draw(MAPS):
            metadata[kind] = dict(found)
    parts = {key: draw(VALUES) for key in ("spec", "data")}
    return {"metadata": metadata, **{key: _set(part) for key, part in parts.items() if part is not None}}


def _set(value: object) -> JsonValue:
    match value:
        case dict():
            return {str(key): _set(member) for key, member in value.items() if member is not None}
        case list():
            return [_set(member) for member in value if member is not None]
        case str() | int():
            return value
    raise TypeError(value)


def back(edits: tuple[FieldEdit, ...]) -> list[FieldEdit]:
    return [edit.reverse for edit in reversed(edits)]


@given(states=pairs())
@settings(max_examples=2000, deadline=None)
def test_the_difference_of_two_states_makes_one_of_the_other_and_leads_back(states: tuple[Object, Object]) -> None:
    before, after = states
    shown = difference(before, after)
    made = edited(before, shown)
    assert bare(made) == bare(after)
    assert difference(before, made) == shown
    assert bare(edited(made, back(shown))) == bare(before)


@given(states=pairs())
@settings(max_examples=1000, deadline=None)
def test_what_a_change_did_not_touch_stays_as_others_left_it(states: tuple[Object, Object]) -> None:
    """Somebody adds a label while the change stands; taking the change back keeps it."""
    before, after = states
    shown = difference(before, after)
    kept = FieldEdit(path=("metadata", "labels", "somebody-elses"), becomes="kept")
    made = edited(edited(before, shown), [kept])
    assert bare(edited(made, back(shown))) == bare(edited(before, [kept]))


def test_a_change_of_the_type_alone_is_a_change() -> None:
    before: Object = {"spec": {"limits": [{"name": "a", "most": 1}]}}
    after: Object = {"spec": {"limits": [{"name": "a", "most": True}]}}
    assert [str(edit) for edit in difference(before, after)] == ["spec.limits[name=a].most: 1 -> True"]


def test_one_path_of_an_ingress_is_told_apart_from_the_others() -> None:
    def ingress(port: int) -> Object:
        paths: list[JsonValue] = [
            {"path": path, "pathType": "Prefix", "backend": {"service": {"name": "web", "port": {"number": number}}}}
            for path, number in (("/", port), ("/api", 81))
        ]
        rules: list[JsonValue] = [{"host": host, "http": {"paths": paths}} for host in ("a.example.com",)]
        return {"kind": "Ingress", "spec": {"rules": rules}}

    assert [str(edit) for edit in difference(ingress(80), ingress(8000))] == [
        "spec.rules[host=a.example.com].http.paths[path=/,pathType=Prefix].backend.service.port.number: 80 -> 8000"
    ]


def test_the_first_annotation_of_a_template_is_one_key_and_not_the_whole() -> None:
    before: Object = {"spec": {"template": {"metadata": {"labels": {"app": "web"}}}}}
    after: Object = {"spec": {"template": {"metadata": {"labels": {"app": "web"}, "annotations": {"a": "1"}}}}}
    assert [edit.place for edit in difference(before, after)] == ["spec.template.metadata.annotations.a"]
