"""The least rights with which all that a policy allows in the cluster can be done, as objects of RBAC."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from pydantic import JsonValue

from cluster_doctor.domain.steps import StepType
from cluster_doctor.remediation.policy.entries import AllowEntry, PolicyRoute
from cluster_doctor.remediation.policy.policy import Policy
from cluster_doctor.remediation.policy.rights import RIGHTS, UNNAMEABLE, kinds_of, lives_in_namespaces
from cluster_doctor.remediation.policy.shapes import TargetKind
from cluster_doctor.remediation.policy.strict import is_pattern

NAME = "cluster-doctor-writer"
ANY_NAMESPACE = "NAMESPACE"
"""Stands in a template for the namespace; no namespace can be called so, and the API server refuses it."""

_API = "rbac.authorization.k8s.io"
_SELF = "Namespace"
_Object = dict[str, JsonValue]


@dataclass(frozen=True)
class Subject:
    """Who gets the rights: a ServiceAccount, a User or a Group."""

    kind: str
    name: str
    namespace: str = ""

    @property
    def raw(self) -> _Object:
        """As a binding has it."""
        if self.kind == "ServiceAccount":
            return {"kind": self.kind, "name": self.name, "namespace": self.namespace}
        return {"kind": self.kind, "name": self.name, "apiGroup": _API}


@dataclass(frozen=True)
class Rbac:
    """Objects to apply, and what RBAC cannot say of the policy."""

    objects: tuple[_Object, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, order=True)
class _Grant:
    """One verb on one resource in one place: a namespace, "" for the cluster, or the template's."""

    place: str
    group: str
    resource: str
    names: tuple[str, ...]
    verb: str


def rbac_for(policy: Policy, subject: Subject, namespaces: Sequence[str] = ()) -> Rbac:
    """Write down the rights that a policy needs in a cluster.

    Args:
        policy: what is allowed.
        subject: who gets them.
        namespaces: those that there are; entries with patterns or labels become Roles in those that fit. Without any
            they become one ClusterRole and a RoleBinding as a template.
    """
    notes: dict[str, None] = {}
    grants = set(_always(policy))
    for entry in policy.allow:
        if PolicyRoute.CLUSTER in entry.routes:
            places = _places(policy, entry, namespaces, notes)
            for step_type in entry.step_types:
                grants |= set(_for_type(entry, step_type, places, notes))
    if policy.deny:
        notes["RBAC cannot deny: what the entries under deny keep out of reach is kept by the policy alone"] = None
    return Rbac(tuple(_objects(grants, subject)), tuple(notes))


def _always(policy: Policy) -> Iterator[_Grant]:
    """The cluster's identity is read before every write; labels of namespaces only where an entry asks for them."""
    yield _Grant("", "", "namespaces", ("kube-system",), "get")
    if any(entry.namespace_labels for entry in (*policy.deny, *policy.allow)):
        yield _Grant("", "", "namespaces", (), "get")


def _places(policy: Policy, entry: AllowEntry, namespaces: Sequence[str], notes: dict[str, None]) -> tuple[str, ...]:
    """The namespaces of an entry; the template's where they are left open."""
    named = entry.namespaces or ("*",)
    open_ended = entry.namespace_labels is not None or any(map(is_pattern, named))
    if open_ended and not namespaces:
        opened = f"entry {entry.name!r} leaves the namespaces open: name them for Roles of their own"
        notes[f"{opened}, or bind {NAME}-namespaced in each, instead of {ANY_NAMESPACE}"] = None
        return (ANY_NAMESPACE,)
    if entry.namespace_labels is not None:
        notes[f"entry {entry.name!r} asks for labels of the namespace, which RBAC cannot: the policy does"] = None
    chosen = [
        space
        for space in (namespaces if open_ended else named)
        if any(fnmatchcase(space, glob) for glob in named)
        and not any(fnmatchcase(space, glob) for glob in policy.protected_namespaces)
    ]
    return tuple(chosen)


def _for_type(
    entry: AllowEntry, step_type: StepType, places: Sequence[str], notes: dict[str, None]
) -> Iterator[_Grant]:
    rights = RIGHTS[step_type]
    kinds = kinds_of(step_type, entry.kinds)
    if not kinds and entry.kinds is None:
        notes[f"entry {entry.name!r} allows {step_type} of any kind; no right is given until it names kinds"] = None
    names = _plain_names(entry, notes)
    for one in kinds:
        where, only = _where(entry, one, places, names)
        for place in where:
            yield from _verbs(place, one, only, rights.target)
            for subresource, verb in rights.subresources:
                # The name stands in the address of a subresource, so it narrows creation too.
                yield _Grant(place, one.group, f"{one.resource}/{subresource}", only, verb)


def _where(
    entry: AllowEntry, one: TargetKind, places: Sequence[str], names: tuple[str, ...]
) -> tuple[Sequence[str], tuple[str, ...]]:
    if lives_in_namespaces(one):
        return places, names
    if one.kind == _SELF and not one.group:
        return ("",), names or tuple(place for place in places if place != ANY_NAMESPACE)
    return (() if entry.namespaces or entry.namespace_labels else ("",)), names


def _plain_names(entry: AllowEntry, notes: dict[str, None]) -> tuple[str, ...]:
    if entry.labels is not None:
        notes[f"entry {entry.name!r} asks for labels of the object, which RBAC cannot: the policy does"] = None
    if entry.names is not None and any(map(is_pattern, entry.names)):
        notes[f"entry {entry.name!r} names objects by patterns, which RBAC cannot: the policy does"] = None
        return ()
    return entry.names or ()


def _verbs(place: str, one: TargetKind, names: tuple[str, ...], verbs: Sequence[str]) -> Iterator[_Grant]:
    for verb in verbs:
        yield _Grant(place, one.group, one.resource, () if verb in UNNAMEABLE else names, verb)


def _objects(grants: set[_Grant], subject: Subject) -> Iterator[_Object]:
    for place in sorted({grant.place for grant in grants}):
        rules = _rules({grant for grant in grants if grant.place == place})
        if not place:
            yield _role("ClusterRole", NAME, "", rules)
            yield _binding("ClusterRoleBinding", "", "ClusterRole", NAME, subject)
        elif place == ANY_NAMESPACE:
            yield _role("ClusterRole", f"{NAME}-namespaced", "", rules)
            yield _binding("RoleBinding", place, "ClusterRole", f"{NAME}-namespaced", subject)
        else:
            yield _role("Role", NAME, place, rules)
            yield _binding("RoleBinding", place, "Role", NAME, subject)


def _rules(grants: set[_Grant]) -> list[JsonValue]:
    """Rules of one place: resources of a group that need the same verbs, on the same names, stand together."""
    wide = {(grant.group, grant.resource, grant.verb) for grant in grants if not grant.names}
    needed = {grant for grant in grants if not grant.names or (grant.group, grant.resource, grant.verb) not in wide}
    verbs: dict[tuple[str, str, tuple[str, ...]], list[str]] = {}
    for grant in sorted(needed):
        verbs.setdefault((grant.group, grant.resource, grant.names), []).append(grant.verb)
    together: dict[tuple[str, tuple[str, ...], tuple[str, ...]], list[str]] = {}
    for (group, resource, names), found in verbs.items():
        together.setdefault((group, names, tuple(sorted(found))), []).append(resource)
    return [
        {
            "apiGroups": [group],
            "resources": list[JsonValue](sorted(resources)),
            **({"resourceNames": list[JsonValue](names)} if names else {}),
            "verbs": list[JsonValue](found),
        }
        for (group, names, found), resources in together.items()
    ]


def _role(kind: str, name: str, namespace: str, rules: list[JsonValue]) -> _Object:
    return {"apiVersion": f"{_API}/v1", "kind": kind, "metadata": _metadata(name, namespace), "rules": rules}


def _binding(kind: str, namespace: str, role: str, name: str, subject: Subject) -> _Object:
    return {
        "apiVersion": f"{_API}/v1",
        "kind": kind,
        "metadata": _metadata(name, namespace),
        "roleRef": {"apiGroup": _API, "kind": role, "name": name},
        "subjects": [subject.raw],
    }


def _metadata(name: str, namespace: str) -> _Object:
    return {"name": name, "namespace": namespace} if namespace else {"name": name}
