"""A ClusterRoleBinding that binds nothing."""

from __future__ import annotations

from cluster_doctor.domain.findings import Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.rbac.bindings import dangling
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import ClusterRole, ClusterRoleBinding, Role, ServiceAccount


@rule(Severity.INFO, subject=ClusterRoleBinding, needs=(ServiceAccount, Role, ClusterRole))
def cluster_role_binding_is_dangling(binding: ClusterRoleBinding, cluster: ClusterSnapshot) -> Matches:
    """The ClusterRoleBinding names a role or a ServiceAccount that does not exist.

    Why it matters:
        Whoever should have the rights is refused, though the binding looks right at a glance.

    Fires on:
        kind: ClusterRoleBinding
        metadata: {name: b}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader}
        subjects:
        - {kind: ServiceAccount, name: web, namespace: shop}

    Stays quiet on:
        kind: ClusterRoleBinding
        metadata: {name: b}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader}
        subjects:
        - {kind: ServiceAccount, name: web, namespace: shop}
        ---
        kind: ServiceAccount
        metadata: {name: web}
        ---
        kind: ClusterRole
        metadata: {name: reader}

    Remedy:
        Correct the name in the binding, or create what it names.

    References:
        https://kubernetes.io/docs/reference/access-authn-authz/rbac/#rolebinding-and-clusterrolebinding
    """
    yield from dangling(binding, cluster)
