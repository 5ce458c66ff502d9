"""Routes of gateways, read from where people write them: environment, arguments, ConfigMaps.

Three notations are read: Spring Cloud Gateway (`id`, `uri`, `Path=`; as YAML, properties or environment
variables), nginx (`location … proxy_pass …`) and Traefik- or Envoy-like pairs of a prefix and a service. What a
route is called and what it leads to mostly agree; one that does not, among many that do, is the odd one out.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cluster_doctor.domain.evidence import Evidence
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import ConfigMap, Service, Workload


@dataclass(frozen=True, slots=True)
class GatewayRoute:
    """One route: what it is called and matches, and the host that it leads to."""

    name: str
    path: str
    host: str
    evidence: Evidence

    @property
    def service(self) -> str:
        """The first label of the host: a Service's name, in the gateway's own namespace."""
        return self.host.partition(".")[0]


_SPRING_ENV = re.compile(
    r"SPRING_CLOUD_GATEWAY_(?:SERVER_\w+_)?ROUTES_?(\d+)_(ID|URI|PREDICATES)_?(?:\d+)?", re.IGNORECASE
)
_SPRING_PROPERTY = re.compile(r"routes\[(\d+)\]\.(id|uri|predicates)(?:\[\d+\])?\s*[=:]\s*(.+)")
_SPRING_BLOCK = re.compile(
    r"-\s*(?:\"?)id:\s*[\"']?([\w.-]+)[\"']?\s*\n\s*uri:\s*[\"']?([^\s\"']+)[\"']?(?:\s*\n\s*predicates:\s*\n?\s*-?\s*Path=([^\s]+))?"
)
_SPRING_JSON = re.compile(r"\"id\"\s*:\s*\"([\w.-]+)\"[^{}]*?\"uri\"\s*:\s*\"([^\"]+)\"(?:[^{}]*?Path=([^\"\s,]+))?")
_NGINX = re.compile(r"location\s+(?:[~^=*]+\s*)?(\S+)\s*\{[^{}]*?proxy_pass\s+([^;\s]+)", re.DOTALL)
_PAIRS = re.compile(
    r"(?:path|prefix|match)\"?\s*[:=]\s*[\"']?(/[\w/.*-]+)[\"']?[^/]{0,120}?(?:service|cluster|host|backend|upstream|url)\"?"
    r"\s*[:=]\s*[\"']?([\w.:/-]+)"
)
_MENTION = re.compile(r"uri|proxy_pass|path|prefix|match")
"""Words without which none of these can match; nearly no value has one."""
_HOST = re.compile(r"^(?:\w+://)?([\w-]+(?:\.[\w-]+)*)")


def workloads_with_routes(cluster: ClusterSnapshot) -> Iterator[Workload]:
    """Workloads whose configuration holds routes."""
    return (workload for workload in cluster.workloads() if routes_of(workload, cluster))


def routes_of(workload: Workload, cluster: ClusterSnapshot) -> list[GatewayRoute]:
    """List the routes that a workload's configuration holds."""
    return cluster.remember(("routes of", workload.ref), lambda: _routes_of(workload, cluster))


def _routes_of(workload: Workload, cluster: ClusterSnapshot) -> list[GatewayRoute]:
    found: list[GatewayRoute] = []
    for container in workload.template.containers:
        numbered: dict[str, dict[str, str]] = defaultdict(dict)
        for name, value in container.env.items():
            indexed = _SPRING_ENV.fullmatch(name)
            if indexed:
                numbered[indexed[1]][indexed[2].lower()] = value
            elif _MENTION.search(value):
                found += _read(value, workload.cite(container.env_path(name)))
        for entry in numbered.values():
            if "uri" in entry:
                path = entry.get("predicates", "").partition("Path=")[2]
                found.append(
                    GatewayRoute(entry.get("id", ""), path, _host(entry["uri"]), workload.cite(f"{container.path}.env"))
                )
    named = {ref.name for ref in workload.template.references() if ref.kind == ConfigMap.kind}
    for name in sorted(named):
        held = cluster.get(ConfigMap, workload.namespace, name)
        for key, value in held.values.items() if held else ():
            found += _read(value, held.cite(f"data['{key}']")) if held and _MENTION.search(value) else []
    return found


def _read(text: str, evidence: Evidence) -> Iterator[GatewayRoute]:
    for pattern in (_SPRING_BLOCK, _SPRING_JSON):
        for name, uri, path in pattern.findall(text):
            yield GatewayRoute(name, path, _host(uri), evidence)
    numbered: dict[str, dict[str, str]] = defaultdict(dict)
    for number, field, value in _SPRING_PROPERTY.findall(text):
        numbered[number][field] = value.strip()
    for entry in numbered.values():
        if "uri" in entry:
            yield GatewayRoute(entry.get("id", ""), entry.get("predicates", ""), _host(entry["uri"]), evidence)
    for pattern in (_NGINX, _PAIRS):
        for path, target in pattern.findall(text):
            yield GatewayRoute("", path, _host(target), evidence)


def _host(uri: str) -> str:
    found = _HOST.match(uri)
    return found[1] if found else ""


def plain(word: str) -> str:
    """A name without its punctuation: `order-other-service` and `orderOtherService` are one."""
    return re.sub(r"[^a-z0-9]", "", word.lower())


def meant(route: GatewayRoute, services: list[Service]) -> Service | None:
    """Find the Service that a route is named after: the longest name that its id or a segment of its path bears."""
    words = {plain(word) for word in (route.name, *re.split(r"[/,|]", route.path)) if len(plain(word)) > 3}
    bearing = [service for service in services if any(_bears(word, plain(service.name)) for word in words)]
    exact = [service for service in bearing if plain(service.name) in words]
    return max(exact or bearing, key=lambda service: (len(service.name), service.name), default=None)


@dataclass(frozen=True, slots=True)
class Judged:
    """Routes held against the Services that they are named after."""

    agreeing: int
    astray: tuple[tuple[GatewayRoute, Service], ...]

    @property
    def usual(self) -> bool:
        """Whether names and targets agree here as a rule, so that a route which does not is the odd one out."""
        return len(self.astray) <= self.agreeing / 2


def judge(routes: Iterable[GatewayRoute], services: list[Service]) -> Judged:
    """Tell the routes that lead to what they are named after from those that lead elsewhere.

    Routes that bear no Service's name count on neither side.
    """
    named = [(route, wanted) for route in routes if route.host and (wanted := meant(route, services)) is not None]
    astray = tuple((route, wanted) for route, wanted in named if route.service != wanted.name)
    return Judged(len(named) - len(astray), astray)


def receivers(route: GatewayRoute, namespace: str | None, cluster: ClusterSnapshot) -> list[ObjectRef]:
    """Workloads that a route leads to: astray, its requests fail there."""
    service = cluster.get(Service, namespace, route.service)
    return cluster.workloads_behind(service) if service else []


def bears_name_of(route: GatewayRoute, service: Service) -> bool:
    """Tell whether a route's id, or a whole segment of its path, is the Service's name."""
    words = (route.name, *re.split(r"[/,|]", route.path))
    return plain(service.name) in {plain(word) for word in words}


def _bears(word: str, name: str) -> bool:
    return word == name or (len(word) > 5 and name.endswith(word)) or (len(name) > 5 and word.endswith(name))
