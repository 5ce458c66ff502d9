"""Certificates that somebody counts on."""

from __future__ import annotations

from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Ingress, Secret


def is_used(secret: Secret, cluster: ClusterSnapshot) -> bool:
    """Tell whether anybody names the Secret; a certificate that lies about harms nobody."""
    if secret.type == "kubernetes.io/tls" or cluster.users_of(secret.ref):
        return True
    return any(secret.name in {name for name, _ in i.tls_secrets()} for i in cluster.within(Ingress, secret.namespace))
