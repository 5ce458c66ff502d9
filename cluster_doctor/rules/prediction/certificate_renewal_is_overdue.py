"""A certificate whose renewal should have happened."""

from __future__ import annotations

from datetime import timedelta

from cluster_doctor.domain.findings import Directness, Match, Severity, Stage
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.paths import dig
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.times import parse_time
from cluster_doctor.snapshot.views import Custom

_GROUP = "cert-manager.io"
PATIENCE = timedelta(hours=1)
"""How long a renewal may take: an issuer has to prove that the name is its own."""


@rule(Severity.ERROR, subject=Custom, stage=Stage.PREDICTION, directness=Directness.STATED)
def certificate_renewal_is_overdue(resource: Custom, cluster: ClusterSnapshot) -> Matches:
    """The time at which cert-manager was to renew the certificate has passed, and the old one still stands.

    Why it matters:
        Everything works until the certificate ends, and then nothing does that uses it.

    Fires on:
        apiVersion: cert-manager.io/v1
        kind: Certificate
        metadata: {name: shop}
        spec: {secretName: tls}
        status: {renewalTime: '2025-12-20T00:00:00Z', notAfter: '2026-01-19T00:00:00Z'}

    Stays quiet on:
        apiVersion: cert-manager.io/v1
        kind: Certificate
        metadata: {name: shop}
        spec: {secretName: tls}
        status: {renewalTime: '2026-01-10T00:00:00Z', notAfter: '2026-02-09T00:00:00Z'}

    Remedy:
        Look at the CertificateRequest, Order and Challenge below the Certificate, and at cert-manager's own log.

    References:
        https://cert-manager.io/docs/troubleshooting/
        https://cert-manager.io/docs/reference/api-docs/
    """
    if resource.ref.kind != "Certificate" or resource.ref.group != _GROUP or resource.deleted_at:
        return
    end = parse_time(dig(resource.raw, "status", "notAfter"))
    renewal = parse_time(dig(resource.raw, "status", "renewalTime"))
    now = cluster.taken_at
    if end is None or renewal is None or not renewal + PATIENCE < now < end:
        return
    yield Match(
        message=f"Certificate {resource.name} was to be renewed on {renewal:%Y-%m-%d %H:%M} UTC and was not; "
        f"it expires on {end:%Y-%m-%d %H:%M} UTC",
        evidence=(resource.cite("status.renewalTime"), resource.cite("status.notAfter")),
        blame=resource.ref,
        since=renewal,
        due=end,
        arithmetic=f"the renewal is {_span(now - renewal)} overdue, and {_span(end - now)} are left",
    )


def _span(span: timedelta) -> str:
    return f"{span.days} days" if span.days > 1 else f"{span.total_seconds() / 3600:.0f} hours"
