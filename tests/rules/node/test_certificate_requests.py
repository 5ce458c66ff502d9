"""Certificates that kubelets ask for: undecided, granted, denied."""

from __future__ import annotations

import pytest

from cluster_doctor.domain.incident import Incident
from cluster_doctor.inference.diagnose import diagnose
from cluster_doctor.rules.example import snapshot_of
from rules.causes import causes_of

REQUEST = """
---
apiVersion: certificates.k8s.io/v1
kind: CertificateSigningRequest
metadata: {{name: csr-{node}, creationTimestamp: '{created}'}}
spec: {{signerName: {signer}, username: 'system:node:{node}'}}
status: {status}
"""
SERVING = "kubernetes.io/kubelet-serving"


def _request(node: str = "n1", created: str = "2026-01-01T09:00:00Z", signer: str = SERVING, status: str = "{}") -> str:
    return REQUEST.format(node=node, created=created, signer=signer, status=status)


def test_requests_of_many_nodes_are_one_finding_that_names_them() -> None:
    text = _request("n1", "2026-01-01T09:00:02Z") + _request("n2") + _request("n3", "2026-01-01T09:00:01Z")
    (cause,) = diagnose(snapshot_of(text), Incident()).root_causes
    assert (cause.rule, cause.subject.name) == ("certificate_request_waits_for_approval", "csr-n2")
    assert "n1, n2, n3" in cause.statement


@pytest.mark.parametrize(
    "text",
    [
        _request(created="2026-01-01T11:58:00Z"),
        _request(status="{conditions: [{type: Approved, status: 'True', reason: AutoApproved}]}"),
        _request(status="{conditions: [{type: Denied, status: 'True', reason: NotOurs}]}"),
        _request(signer="example.com/vpn"),
    ],
    ids=["young", "approved", "denied by a person", "of another signer"],
)
def test_what_is_decided_or_young_or_of_somebody_else_is_no_fault(text: str) -> None:
    assert causes_of(text) == []
