"""What a report names."""

from __future__ import annotations

import pytest

from cluster_doctor.agents.collector import scope_of
from cluster_doctor.domain.incident import Incident
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.intake.mentions import MentionKind, mentions


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("deployment webapp in prod is crash looping", ["Deployment prod/webapp"]),
        ("pod/web-0 -n shop does not start", ["Pod shop/web-0"]),
        ("svc web in prod", ["Service prod/web"]),
        ("the checkout deployment in namespace shop restarts", ["Deployment shop/checkout"]),
        ("deployments.apps/api and ingress shop/door", ["Deployment api", "Ingress shop/door"]),
        ("node worker-1 is NotReady", ["Node worker-1"]),
        ("StatefulSet `db` keeps restarting", ["StatefulSet db"]),
        ("the pods are down since the last deploy", []),
        ("our service is slow and no pod is ready", []),
        ("", []),
    ],
)
def test_objects_are_read_from_prose_commands_and_slashes(text: str, named: list[str]) -> None:
    assert [str(mention.ref) for mention in mentions(text) if mention.ref] == named


@pytest.mark.parametrize(
    ("text", "namespaces"),
    [
        ("kubectl get pods -n shop", ["shop"]),
        ("--namespace=shop", ["shop"]),
        ("in the payments namespace everything fails", ["payments"]),
        ("pods are Pending in prod.", ["prod"]),
        ("works in staging.", []),
        ("it failed in the end", []),
    ],
)
def test_namespaces_are_told_from_other_words(text: str, namespaces: list[str]) -> None:
    assert [m.value for m in mentions(text) if m.kind is MentionKind.NAMESPACE] == namespaces


def test_reasons_and_quoted_errors_are_read() -> None:
    found = mentions('Pods show ImagePullBackOff and "connection refused by db:5432" in Deployment web')
    assert [m.value for m in found if m.kind is MentionKind.REASON] == ["ImagePullBackOff"]
    assert [m.value for m in found if m.kind is MentionKind.QUOTE] == ["connection refused by db:5432"]


def test_a_long_hostile_text_is_read_in_bounded_time() -> None:
    assert mentions("pod " * 200_000 + "a" * 1_000_000) == ()


def test_the_scope_begins_at_what_the_report_names() -> None:
    scope = scope_of(Incident(text="svc web in prod is down"))
    assert scope.namespaces == ("prod",)
    assert scope.seeds == (ObjectRef(kind="Service", name="web", namespace="prod"),)
    assert scope_of(Incident(text="svc web in prod", namespaces=("shop",))).namespaces == ("shop",)
    assert scope_of(Incident()).seeds == ()
