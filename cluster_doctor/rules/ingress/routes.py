"""Routes of gateways, read from where people write them: environment, arguments, ConfigMaps.

Three notations are read: Spring Cloud Gateway (`id`, `uri`, `Path=`; as YAML, properties or environment
variables), nginx (`location … proxy_pass …`) and Traefik- or Envoy-like pairs of a prefix and a service. Placeholders
such as `${ORDERS_HOST:orders}` stand for a variable of the container, else for their default. What a route is
called and what it leads to mostly agree; one that does not, among many that do, is the odd one out.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.evidence import Evidence
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import ConfigMap, Container, Service, Workload


@dataclass(frozen=True, slots=True)
class GatewayRoute:
    """One route: what it is called and matches, and where it leads.

    `port` is None where it names none, or leaves it to a registry of instances, as Spring's `lb://` does.
    """

    name: str
    path: str
    host: str
    evidence: Evidence
    port: int | None = None

    @property
    def service(self) -> str:
        """The first label of the host: a Service's name, in the gateway's own namespace."""
        return self.host.partition(".")[0]


_SPRING_ENV = re.compile(
    r"SPRING_CLOUD_GATEWAY_(?:SERVER_\w+_)?ROUTES_?(\d+)_(ID|URI|PREDICATES)_?(?:\d+)?", re.IGNORECASE
)
_SPRING_PROPERTY = re.compile(r"routes\[(\d+)\]\.(id|uri|predicates)(?:\[\d+\])?\s*[=:]\s*(.+)")
_SPRING_BLOCK = re.compile(
    r"-\s*(?:\"?)id:\s*[\"']?([\w.-]+)[\"']?\s*\n\s*uri:\s*[\"']?([^\s\"']+)[\"']?(?:\s*\n\s*predicates:\s*\n?\s*-?\s*[\"']?Path=([^\s\"']+))?"
)
_SPRING_JSON = re.compile(r"\"id\"\s*:\s*\"([\w.-]+)\"[^{}]*?\"uri\"\s*:\s*\"([^\"]+)\"(?:[^{}]*?Path=([^\"\s,]+))?")
_NGINX = re.compile(r"location\s+(?:[~^=*]+\s*)?(\S+)\s*\{[^{}]*?proxy_pass\s+([^;\s]+)", re.DOTALL)
_PAIRS = re.compile(
    r"(?:path|prefix|match)\"?\s*[:=]\s*[\"']?(/[\w/.*-]+)[\"']?[^/]{0,120}?(?:service|cluster|host|backend|upstream|url)\"?"
    r"\s*[:=]\s*[\"']?([\w.:/-]+)"
)
_MENTION = re.compile(r"uri|proxy_pass|path|prefix|match")
"""Words without which none of these can match; nearly no value has one."""
_TARGET = re.compile(r"^(?:\w+://)?([\w-]+(?:\.[\w-]+)*)(?::(\d{1,5})(?!\d))?")
_PLACEHOLDER = re.compile(r"\$\{([\w.-]+?)(?::-?([^${}]*))?\}")


def workloads_with_routes(cluster: ClusterSnapshot) -> Iterator[Workload]:
    """Workloads whose configuration holds routes."""
    return (workload for workload in cluster.workloads() if routes_of(workload, cluster))


def routes_of(workload: Workload, cluster: ClusterSnapshot) -> list[GatewayRoute]:
    """List the routes that a workload's configuration holds."""
    return cluster.remember(("routes of", workload.ref), lambda: _routes_of(workload, cluster))


def _routes_of(workload: Workload, cluster: ClusterSnapshot) -> list[GatewayRoute]:
    found: list[GatewayRoute] = []
    settings: dict[str, str] = {}
    for container in workload.template.containers:
        own = _settings(container, workload, cluster)
        settings |= own
        numbered: dict[str, dict[str, str]] = defaultdict(dict)
        for name, value in container.env.items():
            indexed = _SPRING_ENV.fullmatch(name)
            if indexed:
                numbered[indexed[1]][indexed[2].lower()] = _filled(value, own)
            elif _MENTION.search(value):
                found += _read(_filled(value, own), workload.cite(container.env_path(name)))
        for entry in numbered.values():
            if "uri" in entry:
                path = entry.get("predicates", "").partition("Path=")[2]
                found.append(_route(entry.get("id", ""), path, entry["uri"], workload.cite(f"{container.path}.env")))
    named = {ref.name for ref in workload.template.references() if ref.kind == ConfigMap.kind}
    for name in sorted(named):
        held = cluster.get(ConfigMap, workload.namespace, name)
        for key, value in held.values.items() if held else ():
            if held and _MENTION.search(value):
                found += _read(_filled(value, settings), held.cite(f"data['{key}']"))
    return found


def _settings(container: Container, workload: Workload, cluster: ClusterSnapshot) -> dict[str, str]:
    """Variables of a container by name: those of the ConfigMaps that it takes whole, then its own."""
    found: dict[str, str] = {}
    for reference in container.references():
        if reference.kind == ConfigMap.kind and reference.key is None:
            held = cluster.get(ConfigMap, workload.namespace, reference.name)
            found |= held.values if held else {}
    return found | container.env


def _filled(value: str, settings: Mapping[str, str]) -> str:
    """Put in what placeholders stand for; one without a value or a default stays."""
    return _PLACEHOLDER.sub(lambda found: settings.get(found[1]) or found[2] or found[0], value)


def _read(text: str, evidence: Evidence) -> Iterator[GatewayRoute]:
    for pattern in (_SPRING_BLOCK, _SPRING_JSON):
        for name, uri, path in pattern.findall(text):
            yield _route(name, path, uri, evidence)
    numbered: dict[str, dict[str, str]] = defaultdict(dict)
    for number, field, value in _SPRING_PROPERTY.findall(text):
        numbered[number][field] = value.strip()
    for entry in numbered.values():
        if "uri" in entry:
            path = entry.get("predicates", "").removeprefix("Path=")
            yield _route(entry.get("id", ""), path, entry["uri"], evidence)
    for pattern in (_NGINX, _PAIRS):
        for path, target in pattern.findall(text):
            yield _route("", path, target, evidence)


def _route(name: str, path: str, uri: str, evidence: Evidence) -> GatewayRoute:
    found = _TARGET.match(uri)
    port = int(found[2]) if found and found[2] and not uri.startswith("lb:") else None
    return GatewayRoute(name, path, found[1] if found else "", evidence, port)


def plain(word: str) -> str:
    """A name without its punctuation: `order-other-service` and `orderOtherService` are one."""
    return re.sub(r"[^a-z0-9]", "", word.lower())


def meant(route: GatewayRoute, services: list[Service]) -> Service | None:
    """Find the Service that a route is named after: the name closest to its id or to a segment of its path.

    `payment` means `shop-payment` rather than `inside-payment`'s longer name, where nothing else tells them apart;
    of names that are equally close, the one that the route leads to.
    """
    distances = {service.name: found for service in services if (found := distance(route, service.name)) is not None}
    near = min(distances.values(), default=0)
    closest = [service for service in services if distances.get(service.name) == near]
    return max(closest, key=lambda service: (service.name == route.service, service.name), default=None)


def distance(route: GatewayRoute, name: str) -> int | None:
    """Count the letters by which a name differs from what a route is called or matches; None if it bears neither."""
    words = {stem(word) for word in (route.name, *re.split(r"[/,|]", route.path)) if len(plain(word)) > 3}
    return min((abs(len(word) - len(stem(name))) for word in words if _bears(word, stem(name))), default=None)


def stem(word: str) -> str:
    """A plain name without the word that only says it is a Service."""
    written = plain(word)
    return next(
        (written.removesuffix(end) for end in ("service", "svc") if written.endswith(end) and written != end), written
    )


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


def route_effects(gateway: Workload, wanted: Service, cluster: ClusterSnapshot) -> tuple[Effect, ...]:
    """What a broken route brings about: the gateway fails, and so does what is asked of those whom it should reach."""
    behind = cluster.workloads_behind(wanted)
    return (
        Effect(EffectKind.SERVING_ERRORS, gateway.ref),
        Effect(EffectKind.CALLS_FAILING, gateway.ref),
        *(Effect(EffectKind.SERVING_ERRORS, ref) for ref in behind),
    )


def bears_name_of(route: GatewayRoute, service: Service) -> bool:
    """Tell whether a route's id, or a whole segment of its path, is the Service's name."""
    words = (route.name, *re.split(r"[/,|]", route.path))
    return plain(service.name) in {plain(word) for word in words}


_TELLING = 4
"""Shorter words end too many names by chance."""


def _bears(word: str, name: str) -> bool:
    if word == name:
        return True
    return (len(word) >= _TELLING and name.endswith(word)) or (len(name) > _TELLING and word.endswith(name))
