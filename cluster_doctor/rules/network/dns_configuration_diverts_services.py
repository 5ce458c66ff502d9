"""A DNS configuration that answers wrongly for Services."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Match, Severity
from cluster_doctor.rules.network.corefile import BAD_ANSWERS, Diversion, cluster_domain, diversions, plugins, serving
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.paths import join
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import ConfigMap, Service

_HELD_IN = frozenset({("kube-system", "coredns"), ("kube-system", "coredns-custom"), ("openshift-dns", "dns-default")})
"""ConfigMaps that CoreDNS is configured by, as kubeadm, managed clusters and OpenShift name them."""

_SHOWN = 3


@rule(Severity.CRITICAL, subject=ConfigMap, needs=(Service,))
def dns_configuration_diverts_services(config: ConfigMap, cluster: ClusterSnapshot) -> Matches:
    """The cluster's DNS is configured to deny names of Services that exist, or to put others in their place.

    Why it matters:
        Services, endpoints and Pods are healthy, and yet whoever calls them by name is told that there is no such
        host, or reaches something else.

    Fires on:
        kind: ConfigMap
        metadata: {name: coredns, namespace: kube-system}
        data:
          Corefile: |
            .:53 {
                template ANY ANY {
                    match ^stock[.]shop[.]svc[.]cluster[.]local[.]$
                    rcode NXDOMAIN
                }
                kubernetes cluster.local in-addr.arpa ip6.arpa
            }
        ---
        {kind: Service, metadata: {name: stock}, spec: {selector: {app: stock}, ports: [{port: 80}]}}

    Stays quiet on:
        kind: ConfigMap
        metadata: {name: coredns, namespace: kube-system}
        data:
          Corefile: |
            .:53 {
                template ANY AAAA {
                    rcode NXDOMAIN
                }
                rewrite name stock.example.com stock.shop.svc.cluster.local
                kubernetes cluster.local in-addr.arpa ip6.arpa
            }
        ---
        {kind: Service, metadata: {name: stock}, spec: {selector: {app: stock}, ports: [{port: 80}]}}

    Remedy:
        Take the line out of the ConfigMap; CoreDNS reads it again within minutes, or restart it.

    References:
        https://coredns.io/plugins/template/
        https://coredns.io/plugins/rewrite/
    """
    if (config.namespace, config.name) not in _HELD_IN:
        return
    for key, text in sorted(config.strings("data").items()):
        found = plugins(f".:53 {{\n{text}\n}}" if key.endswith(".override") else text)
        domain = cluster_domain(found)
        for diversion in diversions(serving(found, f"svc.{domain}")):
            hit = [service for service in cluster.all(Service) if _diverted(service, domain, diversion)]
            if not hit:
                continue
            names = ", ".join(f"{service.namespace}/{service.name}" for service in hit[:_SHOWN])
            more = f" and {len(hit) - _SHOWN} more" if len(hit) > _SHOWN else ""
            answer = (
                f"answers {diversion.instead} for"
                if diversion.instead in BAD_ANSWERS
                else f"puts {diversion.instead} in place of"
            )
            yield Match(
                message=f"the cluster's DNS {answer} Service {names}{more}: {diversion.line!r} in ConfigMap "
                f"{config.name}",
                evidence=(config.cite(join("data", key)),),
                blame=config.ref,
                effects=tuple(Effect(EffectKind.NAME_UNRESOLVED, service.ref) for service in hit),
                about=diversion.line,
                facts=(("line", diversion.line), ("key", key)),
            )


def _diverted(service: Service, domain: str, diversion: Diversion) -> bool:
    name = f"{service.name}.{service.namespace}.svc.{domain}."
    return bool(diversion.meant.search(name)) and diversion.instead.rstrip(".") != name.rstrip(".")
