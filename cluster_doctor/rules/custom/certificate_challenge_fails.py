"""A certificate whose issuer does not get its proof."""

from __future__ import annotations

from datetime import timedelta

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.health.reading import health_of
from cluster_doctor.snapshot.health.verdict import HealthStatus
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Custom

_GROUP = "acme.cert-manager.io"
PATIENCE = timedelta(minutes=10)
"""How long a challenge may be pending: names and answers must spread before the issuer looks."""


@rule(Severity.ERROR, subject=Custom, directness=Directness.STATED)
def certificate_challenge_fails(resource: Custom, cluster: ClusterSnapshot) -> Matches:
    """An ACME Order or Challenge of cert-manager failed, or has been pending for long, and says why.

    Why it matters:
        The Certificate above it only says that it is not ready; what is wrong stands at the end of the chain
        Certificate, CertificateRequest, Order, Challenge.

    Fires on:
        apiVersion: acme.cert-manager.io/v1
        kind: Challenge
        metadata: {name: shop-1, creationTimestamp: '2026-01-01T11:00:00Z'}
        spec: {dnsName: shop.example.com, type: HTTP-01}
        status:
          state: pending
          reason: 'Waiting for HTTP-01 challenge propagation: wrong status code 404, expected 200'

    Stays quiet on:
        apiVersion: acme.cert-manager.io/v1
        kind: Challenge
        metadata: {name: shop-1, creationTimestamp: '2026-01-01T11:58:00Z'}
        spec: {dnsName: shop.example.com, type: HTTP-01}
        status:
          state: pending
          reason: 'Waiting for HTTP-01 challenge propagation: wrong status code 404, expected 200'

    Remedy:
        Make the challenge reachable: for HTTP-01 the name must lead to the ingress and the solver's path be served,
        for DNS-01 the solver needs its credentials and the right zone.

    References:
        https://cert-manager.io/docs/troubleshooting/acme/
    """
    if resource.ref.group != _GROUP or resource.deleted_at:
        return
    state, reason = resource.text("status", "state"), resource.text("status", "reason")
    long = resource.created_at is not None and cluster.taken_at - resource.created_at > PATIENCE
    health = health_of(resource).status
    if health is not HealthStatus.DEGRADED and not (health is HealthStatus.PROGRESSING and reason and long):
        return
    name = resource.text("spec", "dnsName") or ", ".join(resource.words("spec", "dnsNames"))
    yield Match(
        message=f"{resource.ref.kind} {resource.name} for {name or 'a certificate'} is {state}: {reason}".rstrip(": "),
        evidence=(resource.cite("status.state"), resource.cite("status.reason")),
        blame=resource.ref,
        effects=(Effect(EffectKind.NOT_RECONCILED, resource.ref),),
        because=tuple(Effect(EffectKind.NOT_RECONCILED, child.ref) for child in cluster.all_owned_by(resource.ref)),
        since=resource.created_at,
        facts=(("name", name), ("state", state)),
    )
