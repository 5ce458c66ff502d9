"""A token in a Secret that ends."""

from __future__ import annotations

from cluster_doctor.domain.findings import Directness, Match, Severity, Stage
from cluster_doctor.rules.prediction.validity import ends_soon, life
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.times import parse_time
from cluster_doctor.snapshot.views import Pod, Secret


@rule(Severity.ERROR, subject=Secret, needs=(Pod,), stage=Stage.PREDICTION, directness=Directness.STATED)
def token_will_expire(secret: Secret, cluster: ClusterSnapshot) -> Matches:
    """A token that Pods take from a Secret is in the last fifth of its life and ends within 30 days.

    Why it matters:
        Whoever is shown the token refuses it from that second on. Tokens that the kubelet projects are renewed and
        stand in no Secret; those of type `kubernetes.io/service-account-token` have no end.

    Fires on:
        kind: Secret
        metadata: {name: partner}
        keys: [token]
        facts:
          token: {issued_at: '2025-12-04T00:00:00+00:00', expires_at: '2026-01-03T00:00:00+00:00'}
        ---
        kind: Pod
        metadata: {name: web-0}
        spec: {containers: [{name: app, envFrom: [{secretRef: {name: partner}}]}]}

    Stays quiet on:
        kind: Secret
        metadata: {name: partner}
        keys: [token]
        facts:
          token: {issued_at: '2026-01-01T11:00:00+00:00', expires_at: '2026-01-01T13:00:00+00:00'}
        ---
        kind: Pod
        metadata: {name: web-0}
        spec: {containers: [{name: app, envFrom: [{secretRef: {name: partner}}]}]}

    Remedy:
        Have a new token issued, and let something renew it before it ends.

    References:
        https://kubernetes.io/docs/concepts/configuration/secret/
        https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/
        https://www.rfc-editor.org/rfc/rfc7519#section-4.1.4
    """
    for key in sorted(secret.keys):
        facts = secret.facts(key)
        begin, end = parse_time(facts.get("issued_at")), parse_time(facts.get("expires_at"))
        if end is None or not ends_soon(begin, end, cluster.taken_at) or not cluster.users_of(secret.ref):
            continue
        yield Match(
            message=f"the token {key} in Secret {secret.name} expires on {end:%Y-%m-%d %H:%M} UTC",
            evidence=(secret.cite(f"facts['{key}']"),),
            about=key,
            due=end,
            arithmetic=life(begin, end, cluster.taken_at),
        )
