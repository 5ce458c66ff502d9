"""What bindings name."""

from __future__ import annotations

from collections.abc import Iterator

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Match
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.snapshot.paths import text
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import ClusterRole, Role, RoleBinding, ServiceAccount

_EVERYWHERE = "default"
"""The ServiceAccount that every namespace has: of the same name is not the same purpose."""


def dangling(binding: RoleBinding, cluster: ClusterSnapshot) -> Iterator[Match]:
    """Yield what a binding names and what is known not to exist."""
    for ref, path in _absent(binding, cluster):
        yield Match(
            message=f"{binding.ref} names {ref.kind} {ref.path}, which does not exist",
            evidence=(binding.cite(path), cluster.cite_absence(ref)),
            effects=tuple(Effect(EffectKind.ACCESS_FORBIDDEN, account) for account in _accounts(binding, ref, cluster)),
            about=ref.name,
            facts=(("missing", ref.path),),
        )


def _accounts(binding: RoleBinding, missing: ObjectRef, cluster: ClusterSnapshot) -> Iterator[ObjectRef]:
    """ServiceAccounts that go without the role: all that are bound, unless one of them is what is missing.

    One that is missing where the binding looks for it may be of the same name elsewhere, and go without as well.
    """
    if missing.kind == ServiceAccount.kind and missing.name != _EVERYWHERE:
        yield from (account.ref for account in cluster.all(ServiceAccount) if account.name == missing.name)
    for _, subject in binding.objects("subjects"):
        place = text(subject, "namespace") or binding.namespace
        ref = ServiceAccount.ref_to(place, text(subject, "name"))
        if text(subject, "kind") == ServiceAccount.kind and (missing.kind != ServiceAccount.kind or ref == missing):
            yield ref


def _absent(binding: RoleBinding, cluster: ClusterSnapshot) -> Iterator[tuple[ObjectRef, str]]:
    name = binding.text("roleRef", "name")
    view = ClusterRole if binding.text("roleRef", "kind") == "ClusterRole" else Role
    namespace = None if view is ClusterRole else binding.namespace
    if name and cluster.exists(view, namespace, name) is False:
        yield view.ref_to(namespace, name), "roleRef"
    for position, subject in binding.objects("subjects"):
        if text(subject, "kind") != "ServiceAccount":
            continue
        place = text(subject, "namespace") or binding.namespace
        if place and cluster.exists(ServiceAccount, place, text(subject, "name")) is False:
            yield ServiceAccount.ref_to(place, text(subject, "name")), f"subjects[{position}]"
