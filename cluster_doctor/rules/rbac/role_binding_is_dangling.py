"""A RoleBinding that binds nothing."""

from __future__ import annotations

from cluster_doctor.domain.findings import Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.rbac.bindings import dangling
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import ClusterRole, Role, RoleBinding, ServiceAccount


@rule(Severity.INFO, subject=RoleBinding, needs=(ServiceAccount, Role, ClusterRole))
def role_binding_is_dangling(binding: RoleBinding, cluster: ClusterSnapshot) -> Matches:
    """The RoleBinding names a role or a ServiceAccount that does not exist.

    Why it matters:
        Whoever should have the rights is refused, though the binding looks right at a glance.

    Fires on:
        kind: RoleBinding
        metadata: {name: b}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
        subjects:
        - {kind: ServiceAccount, name: web, namespace: shop}

    Stays quiet on:
        kind: RoleBinding
        metadata: {name: b}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
        subjects:
        - {kind: ServiceAccount, name: web, namespace: shop}
        ---
        kind: ServiceAccount
        metadata: {name: web}
        ---
        kind: Role
        metadata: {name: reader}

    Remedy:
        Correct the name in the binding, or create what it names.

    References:
        https://kubernetes.io/docs/reference/access-authn-authz/rbac/#rolebinding-and-clusterrolebinding
    """
    yield from dangling(binding, cluster)
