"""Fields are read and set by path, and never where they are not what the plan assumes."""

from __future__ import annotations

import pytest
from pydantic import JsonValue

from cluster_doctor.domain.steps import FieldEdit
from cluster_doctor.remediation.fields import ValueDiffersError, edited, value_at
from cluster_doctor.remediation.strategic import patch_of

DEPLOYMENT: dict[str, JsonValue] = {
    "metadata": {"name": "web"},
    "spec": {
        "replicas": 2,
        "template": {"spec": {"containers": [{"name": "side", "image": "s:1"}, {"name": "web", "image": "w:1"}]}},
    },
}
IMAGE = ("spec", "template", "spec", "containers", "[name=web]", "image")
SERVICE: dict[str, JsonValue] = {
    "spec": {"ports": [{"port": 53, "protocol": "UDP", "targetPort": 53}, {"port": 53, "targetPort": 5353}]}
}


def test_a_member_is_found_by_its_name_and_nothing_else_changes() -> None:
    changed = edited(DEPLOYMENT, [FieldEdit(path=IMAGE, was="w:1", becomes="w:2")])
    assert value_at(changed, IMAGE) == "w:2"
    assert value_at(DEPLOYMENT, IMAGE) == "w:1"
    assert edited(changed, [FieldEdit(path=IMAGE, was="w:2", becomes="w:1")]) == DEPLOYMENT


def test_a_port_is_told_apart_by_its_protocol_which_defaults_to_tcp() -> None:
    path = ("spec", "ports", "[port=53,protocol=TCP]", "targetPort")
    changed = edited(SERVICE, [FieldEdit(path=path, was=5353, becomes=8053)])
    assert value_at(changed, ("spec", "ports", "[1]", "targetPort")) == 8053
    assert value_at(changed, ("spec", "ports", "[0]", "targetPort")) == 53


@pytest.mark.parametrize(
    ("path", "was"),
    [
        (IMAGE, "w:0"),
        (IMAGE, None),
        (("spec", "replicas"), "2"),
        (("spec", "replicas"), 2.0),
        (("spec", "paused"), False),
        (("metadata", "name", "first"), None),
        (("spec", "[name=web]"), None),
    ],
)
def test_a_field_that_is_not_as_assumed_is_left_alone(path: tuple[str, ...], was: JsonValue) -> None:
    with pytest.raises(ValueDiffersError):
        edited(DEPLOYMENT, [FieldEdit(path=path, was=was, becomes="x")])


@pytest.mark.parametrize("was", [[{"port": True}], [{"port": 1.0}], [{"port": "1"}]])
def test_within_a_value_types_count_too(was: JsonValue) -> None:
    raw: dict[str, JsonValue] = {"spec": {"ports": [{"port": 1}]}}
    with pytest.raises(ValueDiffersError):
        edited(raw, [FieldEdit(path=("spec", "ports"), was=was, becomes=[])])
    assert edited(raw, [FieldEdit(path=("spec", "ports"), was=[{"port": 1}], becomes=[])]) == {"spec": {"ports": []}}


def test_what_is_missing_on_the_way_is_made_and_what_becomes_nothing_is_removed() -> None:
    path = ("metadata", "annotations", "example.com/a")
    made = edited(DEPLOYMENT, [FieldEdit(path=path, becomes="1")])
    assert made["metadata"] == {"name": "web", "annotations": {"example.com/a": "1"}}
    assert value_at(edited(made, [FieldEdit(path=path, was="1")]), path) is None
    removed = edited(
        DEPLOYMENT,
        [FieldEdit(path=IMAGE[:-1], was={"name": "web", "image": "w:1"})],
    )
    assert value_at(removed, IMAGE[:-2]) == [{"name": "side", "image": "s:1"}]


def test_edits_read_as_one_strategic_merge_patch() -> None:
    edits = [
        FieldEdit(path=IMAGE, was="w:1", becomes="w:2"),
        FieldEdit(path=(*IMAGE[:-1], "resources", "limits", "memory"), becomes="1Gi"),
        FieldEdit(path=("spec", "replicas"), was=2, becomes=3),
    ]
    assert patch_of(edits) == {
        "spec": {
            "replicas": 3,
            "template": {
                "spec": {
                    "containers": [{"name": "web", "image": "w:2", "resources": {"limits": {"memory": "1Gi"}}}],
                }
            },
        }
    }


def test_a_member_named_by_its_position_cannot_be_merged() -> None:
    assert patch_of([FieldEdit(path=("spec", "ports", "[0]", "protocol"), was="TCP", becomes="UDP")]) is None
