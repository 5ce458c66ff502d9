"""A TLS certificate that nobody has renewed in time."""

from __future__ import annotations

from cluster_doctor.domain.findings import Directness, Match, Severity, Stage
from cluster_doctor.rules.ingress.certificates import is_used
from cluster_doctor.rules.prediction.validity import ends_soon, life
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.times import parse_time
from cluster_doctor.snapshot.views import Secret

_RENEWED_BY_ITSELF = "cert-manager.io/certificate-name"
_AUTHORITY = "ca.crt"
"""A bundle of authorities: the first of them may end while its successor stands beside it."""


@rule(Severity.ERROR, subject=Secret, stage=Stage.PREDICTION, directness=Directness.STATED)
def certificate_will_expire(secret: Secret, cluster: ClusterSnapshot) -> Matches:
    """The certificate in the Secret is in the last fifth of its life and ends within 30 days.

    Why it matters:
        Clients refuse the connection from the second that the certificate ends. What renews itself has done so by
        then; a Secret that cert-manager keeps is left to its Certificate.

    Fires on:
        kind: Secret
        metadata: {name: tls}
        type: kubernetes.io/tls
        keys: [tls.crt]
        facts:
          tls.crt: {subject: CN=shop, not_before: '2025-01-05T00:00:00+00:00', not_after: '2026-01-05T00:00:00+00:00'}

    Stays quiet on:
        kind: Secret
        metadata: {name: tls, annotations: {cert-manager.io/certificate-name: shop}}
        type: kubernetes.io/tls
        keys: [tls.crt]
        facts:
          tls.crt: {subject: CN=shop, not_before: '2025-01-05T00:00:00+00:00', not_after: '2026-01-05T00:00:00+00:00'}

    Remedy:
        Renew the certificate before it ends, and let something renew it from then on.

    References:
        https://kubernetes.io/docs/concepts/configuration/secret/#tls-secrets
        https://cert-manager.io/docs/usage/certificate/
    """
    if _RENEWED_BY_ITSELF in secret.annotations:
        return
    for key in sorted(secret.keys - {_AUTHORITY}):
        facts = secret.facts(key)
        begin, end = parse_time(facts.get("not_before")), parse_time(facts.get("not_after"))
        if end is None or not ends_soon(begin, end, cluster.taken_at) or not is_used(secret, cluster):
            continue
        subject = facts.get("subject")
        yield Match(
            message=f"the certificate {subject} in Secret {secret.name} expires on {end:%Y-%m-%d %H:%M} UTC",
            evidence=(secret.cite(f"facts['{key}']"),),
            about=key,
            due=end,
            arithmetic=life(begin, end, cluster.taken_at),
        )
