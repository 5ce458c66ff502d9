"""What an edit of a text refuses, and what it says then."""

from __future__ import annotations

import json

import pytest
from pydantic import JsonValue

from cluster_doctor.domain.errors import RemediationError
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.domain.steps import FieldEdit
from cluster_doctor.remediation.fields import ValueDiffersError
from cluster_doctor.remediation.gitops.edit_text import edit_text
from cluster_doctor.remediation.gitops.encoding import edit_bytes

CONFIG = ObjectRef(kind="ConfigMap", name="web", namespace="shop")
HEAD = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n"


def _edit(text: str, *path: str, was: JsonValue = None, becomes: JsonValue = None) -> str:
    return edit_text(text, CONFIG, [FieldEdit(path=path, was=was, becomes=becomes)])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "ConfigMap shop/web is not in the file"),
        ("# nothing\n", "is not in the file"),
        (HEAD.replace("web", "website"), "is not in the file"),
        (HEAD.replace("name: web", "name: web, namespace: stage"), "is not in the file"),
        (HEAD.replace("v1", "example.com/v1"), "is not in the file"),
        (HEAD + "---\n" + HEAD, "is in the file 2 times"),
        (HEAD + "data:\n  a: 1\n   b: 2\n", "no YAML at line 6"),
        (HEAD + "data:\n  a: {{ .Values.a }}\n", "cannot be edited around"),
        (HEAD + "data:\n  {{- toYaml .Values.data | nindent 2 }}\n", "no YAML at line 5"),
        (HEAD + "data: {a: 1, a: 2}\n", "key 'a' stands there twice"),
        (HEAD + "data:\n  ? a\n  : b\n", "written with `\\?`"),
        (HEAD + "data: *nowhere\n", "stands for nothing"),
        (HEAD + "data: &loop {a: *loop}\n", "stands for nothing above it"),
        (HEAD + "data: " + "[" * 200 + "]" * 200 + "\n", "nests more than"),
        (HEAD + "x: " + "y" * 2_000_000, "too long to be edited"),
        (
            HEAD + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}' if n else 'x'] * 9)}]\n" for n in range(9)),
            "its aliases make more than",
        ),
        (HEAD + "data:\n  a: b\t# tab\n\tc: d\n", "no YAML"),
    ],
)
def test_a_text_that_cannot_be_edited_safely_is_refused_with_the_reason(text: str, message: str) -> None:
    with pytest.raises(RemediationError, match=message):
        _edit(text, "data", "new", becomes="x")


def test_a_file_that_has_the_value_already_says_so() -> None:
    with pytest.raises(ValueDiffersError, match="is 'new' in the file, as it is to become"):
        _edit(HEAD + "data: {a: new}\n", "data", "a", was="old", becomes="new")


def test_a_value_that_the_plan_does_not_assume_is_named() -> None:
    with pytest.raises(ValueDiffersError, match=r"data\.a was to be 'old' and is 'other' in the file"):
        _edit(HEAD + "data: {a: other}\n", "data", "a", was="old", becomes="new")
    with pytest.raises(ValueDiffersError, match=r"data\.b was to be 'old' and is absent in the file"):
        _edit(HEAD + "data: {a: other}\n", "data", "b", was="old", becomes="new")


def test_a_number_is_no_text_of_it_where_that_makes_a_difference() -> None:
    with pytest.raises(ValueDiffersError):
        _edit(HEAD + "data: {a: 1}\n", "data", "a", was="1", becomes="2")


def test_what_others_share_through_an_anchor_is_not_changed_with_them() -> None:
    text = HEAD + "data: &shared\n  a: 1\n  b: 2\nother: *shared\n"
    with pytest.raises(RemediationError, match="something else in the document would change with it"):
        _edit(text, "data", "a", was=1, becomes=3)
    assert _edit(text, "other", "a", was=1, becomes=3) == text.replace("*shared", "\n  a: 3\n  b: 2").replace(
        "other: \n", "other:\n"
    )


def test_an_anchor_that_others_use_is_not_removed() -> None:
    with pytest.raises(RemediationError, match=r"others use &a \(line 5\)"):
        _edit(HEAD + "data: {a: &a x, b: y}\nother: *a\n", "data", "a", was="x")


def test_a_merge_key_takes_nothing_away() -> None:
    text = "base: &base {a: 1}\n" + HEAD + "data: {<<: *base, b: 2}\n"
    with pytest.raises(RemediationError, match="comes from a merge key"):
        _edit(text, "data", "a", was=1)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xff\xfe\xfa", "no utf-16-le text"),
        (b"\x80abc", "no utf-8 text"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "Git LFS pointer"),
        (b"x" * (9 << 20), "bytes; "),
        (b"a: \x00\n", "no YAML"),
    ],
)
def test_content_that_is_no_text_is_refused(content: bytes, message: str) -> None:
    with pytest.raises(RemediationError, match=message):
        edit_bytes(content, None, [FieldEdit(path=("a",), becomes=1)])


def test_other_documents_are_not_even_read() -> None:
    broken = "kind: Thing\n  broken: {{ yes }}\n"
    text = f"{broken}---\n{HEAD}data: {{a: b}}\n---\n{broken}"
    assert _edit(text, "data", "a", was="b", becomes="c") == text.replace("a: b", "a: c")


def test_a_text_stays_json_though_it_is_read_as_yaml() -> None:
    text = json.dumps({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "web"}, "data": {"a": "x"}})
    after = _edit(text, "data", "b", becomes="no\u2028 \x7f \U0001f600 'quotes' \"double\"")
    assert json.loads(after)["data"]["b"] == "no\u2028 \x7f \U0001f600 'quotes' \"double\""
