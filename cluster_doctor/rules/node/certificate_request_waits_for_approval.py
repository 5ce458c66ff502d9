"""Certificates that kubelets ask for and nobody grants."""

from __future__ import annotations

from datetime import timedelta

from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import CertificateSigningRequest

_SIGNERS = {
    "kubernetes.io/kubelet-serving": "`kubectl logs` and `exec` and the metrics of its Pods fail",
    "kubernetes.io/kube-apiserver-client-kubelet": "it cannot join the cluster",
}
"""Signers that certify kubelets, and what a node suffers without."""

PATIENCE = timedelta(minutes=10)
"""Who approves by rule does so within seconds."""


@rule(Severity.WARNING, subject=CertificateSigningRequest, directness=Directness.STATED)
def certificate_request_waits_for_approval(request: CertificateSigningRequest, cluster: ClusterSnapshot) -> Matches:
    """Kubelets ask for certificates, and the requests are neither approved nor denied.

    Why it matters:
        Kubernetes approves no serving certificate of a kubelet by itself. Until somebody does, the kubelet serves
        with none that others can check, or does not join at all.

    Fires on:
        apiVersion: certificates.k8s.io/v1
        kind: CertificateSigningRequest
        metadata: {name: csr-7kx2p, creationTimestamp: '2026-01-01T10:00:00Z'}
        spec: {signerName: kubernetes.io/kubelet-serving, username: 'system:node:n1'}

    Stays quiet on:
        apiVersion: certificates.k8s.io/v1
        kind: CertificateSigningRequest
        metadata: {name: csr-7kx2p, creationTimestamp: '2026-01-01T10:00:00Z'}
        spec: {signerName: kubernetes.io/kubelet-serving, username: 'system:node:n1'}
        status: {conditions: [{type: Approved, status: 'True'}]}

    Remedy:
        Check that the request comes from the node that it names, then `kubectl certificate approve NAME`; let a
        controller do so where kubelets rotate their serving certificates.

    References:
        https://kubernetes.io/docs/reference/access-authn-authz/kubelet-tls-bootstrapping/#certificate-rotation
        https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/#kubernetes-signers
    """
    if request.signer not in _SIGNERS or not _waits(request, cluster):
        return
    alike = sorted(
        (
            other
            for other in cluster.all(CertificateSigningRequest)
            if other.signer == request.signer and _waits(other, cluster)
        ),
        key=lambda other: (str(other.created_at), other.name),
    )
    if alike[0].name != request.name:
        return  # one finding for all: who approves none of them is the fault
    nodes = sorted({other.requester.rpartition(":")[2] for other in alike})
    more = f" and {len(nodes) - 4} more" if len(nodes) > 4 else ""
    yield Match(
        message=f"{len(alike)} requests of kubelets to {request.signer} wait for approval, {request.name} the longest "
        f"({', '.join(nodes[:4])}{more}): without, {_SIGNERS[request.signer]}",
        evidence=tuple(other.cite("spec.signerName") for other in alike[:3]),
        since=request.created_at,
        about=request.signer,
        facts=(("nodes", ", ".join(nodes)),),
    )


def _waits(request: CertificateSigningRequest, cluster: ClusterSnapshot) -> bool:
    """Tell whether nobody has decided on a request for long."""
    old = request.created_at is None or cluster.taken_at - request.created_at > PATIENCE
    return old and not request.objects("status", "conditions") and not request.text("status", "certificate")
