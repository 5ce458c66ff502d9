"""An object that the quick check lets pass is one in which the thorough one would mask nothing."""

from __future__ import annotations

import orjson
from hypothesis import given, settings
from hypothesis import strategies as some
from pydantic import JsonValue

from cluster_doctor.snapshot.door import Admitted, Door

POD: dict[str, JsonValue] = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x"}}

NAMES = some.sampled_from(
    ["PASSWORD", "db.password", "DB_PASS", "token", "--api-token", "-p", "apiKey", "SIGNER_KEY", "x-auth", "my/secret",
     "auth", "sig", "keys", "pwd", "IfNotPresent", "client_secret", "bearer", "otp", "cookie", "dsn", "passwd-file",
     "secretName", "Authorization", "connectionString", "salt", "signature", "license_key", "htpasswd", "creds"]
)  # fmt: skip
VALUES = some.sampled_from(
    ["hunter2!x", "abcDEF123ghiJKL456", "true", "$(X)", "some words here", "a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6", "key",
     "http://u:p@h/", "x"]
)  # fmt: skip
BETWEEN = some.sampled_from(["=", ": ", " ", ":", '":"', '\\": \\"', "='", '="', ",", " = "])
BEFORE = some.sampled_from(["", "cmd ", "-x ", "a, ", '{"', "x-", '\\"', "curl -u "])
AFTER = some.sampled_from(["", '"', "'", " rest", ",more"])
TEXTS = VALUES | some.builds("{}{}{}{}{}".format, BEFORE, NAMES, BETWEEN, VALUES, AFTER)
VARIABLES = some.one_of(
    some.fixed_dictionaries({"name": NAMES, "value": TEXTS}),
    some.fixed_dictionaries({"value": TEXTS, "x": some.just(1), "key": NAMES}),
)
FIELDS = NAMES | some.sampled_from(["a", "args", "command"])
PARTS = some.recursive(
    TEXTS | VARIABLES,
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(FIELDS, inner, max_size=4),
    max_leaves=12,
)


@given(annotations=some.dictionaries(NAMES, TEXTS, max_size=2), spec=PARTS)
@settings(max_examples=1500, deadline=None)
def test_the_quick_check_lets_nothing_pass_that_would_be_masked(annotations: dict[str, str], spec: object) -> None:
    raw = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x", "annotations": annotations}, "spec": spec}
    thorough = Door(b"key").admit({**raw, "is no JSON": {1}})
    assert thorough is not None
    del thorough["is no JSON"]
    assert Door(b"key").admit(raw) == thorough


@given(
    earlier=PARTS, annotations=some.dictionaries(NAMES, TEXTS, max_size=2), later=PARTS, position=some.integers(0, 3)
)
@settings(max_examples=1500, deadline=None)
def test_what_an_object_takes_over_from_the_one_before_hides_nothing_from_the_check(
    earlier: object, annotations: dict[str, str], later: object, position: int
) -> None:
    def admitted(spec: object, before: Admitted | None) -> Admitted:
        raw = orjson.loads(orjson.dumps({**POD, "metadata": {"name": "x", "annotations": annotations}, "spec": spec}))
        return Door(b"key").admit_after(raw, before)

    before = admitted(earlier, None)
    after = _mixed(earlier, later, position)
    assert admitted(after, before).content == admitted(after, None).content


def _mixed(earlier: object, later: object, position: int) -> object:
    """A later part in an earlier one: replicas differ in places."""
    if isinstance(earlier, dict) and earlier:
        key = list(earlier)[position % len(earlier)]
        return {**earlier, key: _mixed(earlier[key], later, position // 2)}
    if isinstance(earlier, list) and earlier:
        place = position % len(earlier)
        return [*earlier[:place], _mixed(earlier[place], later, position // 2), *earlier[place + 1 :]]
    return later


def test_a_value_is_looked_at_again_when_the_name_beside_it_changed() -> None:
    def pod(name: str) -> dict[str, JsonValue]:
        return {**POD, "spec": {"name": name, "value": ["hunter2!x"]}}

    before = Door(b"key").admit_after(pod("COLOUR"), None)
    after = Door(b"key").admit_after(pod("PASSWORD"), before)
    assert before.as_it_was
    assert not after.as_it_was
    assert "hunter2!x" not in str(after.content)
