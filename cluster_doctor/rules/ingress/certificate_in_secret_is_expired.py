"""A TLS certificate that has expired."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.ingress.certificates import is_used
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.times import parse_time
from cluster_doctor.snapshot.views import Ingress, Secret


@rule(Severity.ERROR, subject=Secret, directness=Directness.STATED)
def certificate_in_secret_is_expired(secret: Secret, cluster: ClusterSnapshot) -> Matches:
    """The certificate in the Secret is no longer valid, or not yet.

    Why it matters:
        Clients refuse the connection from the second that the certificate ends.

    Fires on:
        kind: Secret
        metadata: {name: tls}
        type: kubernetes.io/tls
        keys: [tls.crt]
        facts:
          tls.crt: {subject: CN=shop, not_before: '2025-01-01T00:00:00+00:00', not_after: '2025-12-31T00:00:00+00:00'}

    Stays quiet on:
        kind: Secret
        metadata: {name: tls}
        type: kubernetes.io/tls
        keys: [tls.crt]
        facts:
          tls.crt: {subject: CN=shop, not_before: '2025-01-01T00:00:00+00:00', not_after: '2026-12-31T00:00:00+00:00'}

    Remedy:
        Renew the certificate; look at what should have renewed it.

    References:
        https://kubernetes.io/docs/concepts/configuration/secret/#tls-secrets
    """
    for key in sorted(secret.keys):
        facts = secret.facts(key)
        end, start = parse_time(facts.get("not_after")), parse_time(facts.get("not_before"))
        if end is None or start is None or start <= cluster.taken_at <= end:
            continue
        if not is_used(secret, cluster):
            continue
        routes = [
            i for i in cluster.within(Ingress, secret.namespace) if secret.name in {n for n, _ in i.tls_secrets()}
        ]
        state = (
            f"expired on {end:%Y-%m-%d %H:%M} UTC"
            if end < cluster.taken_at
            else f"begins on {start:%Y-%m-%d %H:%M} UTC"
        )
        yield Match(
            message=f"the certificate {facts.get('subject')} in Secret {secret.name} {state}",
            evidence=(secret.cite(f"facts['{key}']"),),
            effects=tuple(Effect(EffectKind.ROUTE_BROKEN, route.ref) for route in routes),
            about=key,
            since=min(end, cluster.taken_at),
            facts=(("not_after", end.isoformat()),),
        )
