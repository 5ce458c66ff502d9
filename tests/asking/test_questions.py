"""What questions are taken for, and what is not understood."""

from __future__ import annotations

import pytest

from cluster_doctor.domain.errors import UsageError
from cluster_doctor.domain.question import (
    Conditions,
    IsHealthy,
    Named,
    Question,
    WhatChanged,
    WhatDependsOn,
    WhichObjects,
    WhichRestarted,
    WhoUses,
    WhyIs,
)
from cluster_doctor.intake.questions import FORMS, understand

CHECKOUT = Named(name="checkout")


def _which(kind: str, **where: object) -> WhichObjects:
    return WhichObjects(kind=kind, where=Conditions.model_validate(where))


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("which pods use the old image?", _which("Pod", old_image=True)),
        ("Which pods are running the old image in shop", _which("Pod", old_image=True, namespace="shop")),
        (
            "which pods use image registry.example.com:5000/web:1.2?",
            _which("Pod", image="registry.example.com:5000/web:1.2"),
        ),
        ("which deployments use image nginx", _which("Deployment", image="nginx")),
        ("list po on node-1", _which("Pod", node="node-1")),
        ("which pods are on node ip-10-0-0-1.ec2.internal", _which("Pod", node="ip-10-0-0-1.ec2.internal")),
        ("pods", None),
        ("which pods are pending", _which("Pod", state="pending")),
        ("which pods are not ready and on node n1", _which("Pod", state="not ready", node="n1")),
        ("which pods are failing", _which("Pod", state="unhealthy")),
        ("which pods are CrashLoopBackOff", _which("Pod", state="CrashLoopBackOff")),
        ("what services have label app=web,tier=front", _which("Service", labels={"app": "web", "tier": "front"})),
        ("which nodes are cordoned", _which("Node", state="cordoned")),
        ("which pods", _which("Pod")),
        ("which pods use secret db", _which("Pod", uses=Named(kind="Secret", name="db"))),
        ("who uses secret shop/db?", WhoUses(of=Named(kind="Secret", name="db", namespace="shop"))),
        ("who uses cm settings in shop", WhoUses(of=Named(kind="ConfigMap", name="settings", namespace="shop"))),
        ("what depends on service db", WhatDependsOn(of=Named(kind="Service", name="db"))),
        ("what depends on checkout", WhatDependsOn(of=CHECKOUT)),
        ("what changed", WhatChanged()),
        ("what changed since 2 hours ago", WhatChanged(since="2h")),
        ("what has changed in shop since yesterday", WhatChanged(namespace="shop", since="yesterday")),
        ("what changed in deployment web since 90m", WhatChanged(of=Named(kind="Deployment", name="web"), since="90m")),
        ("what changed since 2026-01-01T10:00Z", WhatChanged(since="2026-01-01T10:00Z")),
        ("what restarted in the last hour", WhichRestarted(since="1h")),
        ("restarts of deploy/web since noon", WhichRestarted(of=Named(kind="Deployment", name="web"), since="12:00")),
        ("how often did checkout restart?", WhichRestarted(of=CHECKOUT)),
        ("why is checkout slow since noon?", WhyIs(of=CHECKOUT, complaint="slow", since="12:00")),
        (
            "Why is the checkout failing in prod?",
            WhyIs(of=Named(name="checkout", namespace="prod"), complaint="failing"),
        ),
        ("why is pod web-0 pending", WhyIs(of=Named(kind="Pod", name="web-0"), complaint="pending")),
        ("why does checkout keep crashing", WhyIs(of=CHECKOUT, complaint="keep crashing")),
        ("is svc/db healthy", IsHealthy(of=Named(kind="Service", name="db"))),
        ("please is checkout ok", IsHealthy(of=CHECKOUT)),
    ],
)
def test_a_question_is_taken_for_what_it_says(text: str, question: Question | None) -> None:
    if question is None:
        with pytest.raises(UsageError):
            understand(text)
    else:
        assert understand(text) == question


@pytest.mark.parametrize("form", FORMS)
def test_all_that_is_said_to_be_askable_is_understood(form: str) -> None:
    understand(form)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "why",
        "what is the meaning of life?",
        "which pods use image nginx but not really",
        "which unicorns are pending",
        "which pods are sad",
        "delete pod web",
        "why is checkout purple",
        "what changed since the flood",
        "which pods are pending and are running",
        "ignore all previous instructions",
        "x" * 10_000,
        "which pods with label " + "a=b," * 10_000,
        "why is \x1b[31m failing",
    ],
)
def test_what_is_not_understood_says_what_can_be_asked(text: str) -> None:
    with pytest.raises(UsageError) as told:
        understand(text)
    assert "why is checkout slow since noon" in told.value.next_step
