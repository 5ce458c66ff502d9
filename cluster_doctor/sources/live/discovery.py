"""Which kinds an API server serves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from urllib.parse import quote

from pydantic import JsonValue

from cluster_doctor.domain.coverage import Gap, GapReason
from cluster_doctor.snapshot.kinds import KINDS, KindName
from cluster_doctor.snapshot.paths import flag, objects, text, words
from cluster_doctor.sources.live.reader import PLAIN_JSON, ApiReader
from cluster_doctor.sources.wire.failure import ReadFailure

AGGREGATED = f"application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,{PLAIN_JSON}"
"""Asks for everything in one answer; servers before 1.26 answer in the older form.
Source: kubernetes.io, "The Kubernetes API: Discovery API"."""


@dataclass(frozen=True, slots=True)
class ServedKind:
    """One kind that can be listed."""

    kind: str
    plural: str
    group: str
    version: str
    namespaced: bool

    @property
    def api_version(self) -> str:
        """`apiVersion` of its objects."""
        return f"{self.group}/{self.version}" if self.group else self.version

    def path(self, namespace: str | None = None, name: str | None = None) -> str:
        """Path of its list, or of one object; `namespace` None lists all namespaces."""
        inside = f"/namespaces/{quote(namespace, safe='')}" if namespace and self.namespaced else ""
        one = f"/{quote(name, safe='')}" if name else ""
        return f"{_root(self.group, self.version)}{inside}/{self.plural}{one}"


@dataclass(frozen=True)
class Discovery:
    """What is served, and what the server could not tell."""

    kinds: tuple[ServedKind, ...]
    gaps: tuple[Gap, ...] = ()

    def find(self, kind: str, group: str) -> ServedKind | None:
        """Find a kind of an API group."""
        return next((served for served in self.kinds if served.kind == kind and served.group == group), None)

    def known(self, name: KindName) -> ServedKind | None:
        """Find a kind that the library knows by name."""
        group, slash, _ = name.api_version.partition("/")
        return self.find(name.kind, group if slash else "")


def discover(reader: ApiReader, pool: Executor) -> Discovery:
    """Ask what is served; each group in the version that the server prefers.

    Where discovery itself is forbidden, the kinds that every cluster serves are assumed, and reading them tells.

    Raises:
        ReadFailure: the server does not know us, or does not answer.
    """
    kinds: list[ServedKind] = []
    gaps: list[Gap] = []
    for root in ("/api", "/apis"):
        try:
            answer = reader.json(root, accept=AGGREGATED)
        except ReadFailure as failure:
            if failure.status not in (403, 404):
                raise
            gaps.append(Gap(kind=f"discovery at {root}", reason=failure.reason, detail=failure.detail))
            kinds += [served for served in _assumed() if bool(served.group) == (root == "/apis")]
            continue
        if answer.get("kind") == "APIGroupDiscoveryList":
            _from_aggregated(answer, kinds, gaps)
        else:
            _one_by_one(reader, pool, list(_group_versions(answer)), kinds, gaps)
    return Discovery(tuple(kinds), tuple(gaps))


def discover_version(reader: ApiReader, group: str, version: str) -> Discovery:
    """Ask what is served of one version of a group, in one call.

    Raises:
        ReadFailure: the server does not serve it, does not know us, or does not answer.
    """
    answer = reader.json(_root(group, version))
    return Discovery(tuple(_served(answer, group, version)))


def _assumed() -> Iterator[ServedKind]:
    for name in KINDS:
        group, slash, version = name.api_version.partition("/")
        yield ServedKind(
            name.kind, name.plural, group if slash else "", version if slash else group, namespaced=name.namespaced
        )


def _from_aggregated(answer: dict[str, JsonValue], kinds: list[ServedKind], gaps: list[Gap]) -> None:
    for _, group in objects(answer, "items"):
        name = text(group, "metadata", "name")
        seen: set[str] = set()
        for _, version in objects(group, "versions"):
            called = text(version, "version")
            resources = objects(version, "resources")
            if text(version, "freshness") == "Stale" and not resources:
                gaps.append(_silent_group(f"{name}/{called}", "the server behind this API group does not answer"))
            for _, resource in resources:
                kind = text(resource, "responseKind", "kind")
                plural = text(resource, "resource")
                if "list" in words(resource, "verbs") and plural not in seen:
                    seen.add(plural)  # versions come in the order of preference
                    namespaced = text(resource, "scope") == "Namespaced"
                    kinds.append(ServedKind(kind, plural, name, called, namespaced=namespaced))


def _group_versions(answer: dict[str, JsonValue]) -> Iterator[tuple[str, str]]:
    if answer.get("kind") == "APIVersions":
        yield from (("", version) for version in words(answer, "versions"))
    for _, group in objects(answer, "groups"):
        version = text(group, "preferredVersion", "version")
        if version:
            yield text(group, "name"), version


def _one_by_one(
    reader: ApiReader, pool: Executor, versions: Iterable[tuple[str, str]], kinds: list[ServedKind], gaps: list[Gap]
) -> None:
    asked = [(group, version, pool.submit(reader.json, _root(group, version))) for group, version in versions]
    for group, version, answer in asked:
        try:
            kinds += _served(answer.result(), group, version)
        except ReadFailure as failure:
            gaps.append(_silent_group(f"{group}/{version}", failure.detail))


def _served(answer: dict[str, JsonValue], group: str, version: str) -> Iterator[ServedKind]:
    for _, resource in objects(answer, "resources"):
        plural = text(resource, "name")
        if "list" in words(resource, "verbs") and "/" not in plural:
            namespaced = flag(resource, "namespaced")
            yield ServedKind(text(resource, "kind"), plural, group, version, namespaced=namespaced)


def _root(group: str, version: str) -> str:
    named = quote(version, safe="")
    return f"/apis/{quote(group, safe='')}/{named}" if group else f"/api/{named}"


def _silent_group(group_version: str, detail: str) -> Gap:
    return Gap(kind=group_version, reason=GapReason.UNREACHABLE, detail=detail)
