"""A route of a gateway that leads to a port its Service does not have."""

from __future__ import annotations

from cluster_doctor.domain.findings import Match, Severity
from cluster_doctor.rules.ingress.routes import route_effects, routes_of, workloads_with_routes
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import ConfigMap, Service, Workload


@rule(Severity.ERROR, subject=Workload, needs=(Service, ConfigMap), among=workloads_with_routes)
def route_leads_to_unserved_port(gateway: Workload, cluster: ClusterSnapshot) -> Matches:
    """A route in a gateway's ConfigMap leads to a port that the Service does not offer.

    Why it matters:
        The gateway's connections are refused or time out, and it answers for the Service with 502, 503 or 504.

    Fires on:
        kind: Deployment
        metadata: {name: gateway}
        spec:
          template:
            spec:
              containers: [{name: app}]
              volumes:
              - {name: conf, configMap: {name: routes}}
        ---
        kind: ConfigMap
        metadata: {name: routes}
        data: {nginx.conf: 'location /orders { proxy_pass http://orders:8081; }'}
        ---
        kind: Service
        metadata: {name: orders}
        spec:
          ports:
          - {port: 8080}

    Stays quiet on:
        kind: Deployment
        metadata: {name: gateway}
        spec:
          template:
            spec:
              containers: [{name: app}]
              volumes:
              - {name: conf, configMap: {name: routes}}
        ---
        kind: ConfigMap
        metadata: {name: routes}
        data: {nginx.conf: 'location /orders { proxy_pass http://orders:8080; }'}
        ---
        kind: Service
        metadata: {name: orders}
        spec:
          ports:
          - {port: 8080}

    Remedy:
        Lead the route to a port that the Service offers.

    References:
        https://kubernetes.io/docs/concepts/services-networking/service/#defining-a-service
    """
    for route in routes_of(gateway, cluster):
        if route.port is None or route.evidence.subject.kind != ConfigMap.kind:
            continue  # an address in the environment is one that address_names_unserved_port reads
        ref = cluster.service_named(route.host, gateway.namespace)
        service = cluster.get(Service, ref.namespace, ref.name) if ref else None
        if service is None or service.type == "ExternalName" or not service.ports:
            continue
        offered = {port.number for port in service.ports}
        if service.headless:
            offered |= {int(port.target) for port in service.ports if port.target.isdigit()}
        if route.port in offered:
            continue
        shown = ", ".join(map(str, sorted(offered)))
        yield Match(
            message=f"{gateway.ref} leads {route.name or route.path} to {route.host}:{route.port}; "
            f"Service {service.name} offers port {shown}",
            evidence=(route.evidence, service.cite("spec.ports")),
            effects=route_effects(gateway, service, cluster),
            about=route.name or route.path,
            facts=(("route", route.name or route.path), ("port", str(route.port)), ("offered", shown)),
        )
