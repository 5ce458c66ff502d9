"""Gateways, meshes, routes and names.

References:
    https://gateway-api.sigs.k8s.io/reference/spec/
    https://docs.solo.io/gloo-edge/latest/reference/api/github.com/solo-io/solo-kit/api/v1/status.proto.sk/
    https://projectcontour.io/docs/main/config/api/
    https://istio.io/latest/docs/reference/config/
"""

from __future__ import annotations

from cluster_doctor.snapshot.health.manner import Manner
from cluster_doctor.snapshot.health.manners import verdicts
from cluster_doctor.snapshot.health.manners.words import (
    DEGRADED,
    HEALTHY,
    LATE,
    PROGRESSING,
    SETTLING,
    STATELESS,
    stateless,
    steps,
)

_GLOO = Manner(unsaid=PROGRESSING, reader=verdicts.gloo)

MANNERS: dict[tuple[str, str], Manner] = {
    ("gateway.networking.k8s.io", "Gateway"): Manner(unsaid=PROGRESSING),
    **stateless("gateway.networking.k8s.io", "ReferenceGrant"),
    ("gateway.networking.k8s.io", "GatewayClass"): Manner(unsaid=PROGRESSING),
    ("gateway.networking.k8s.io", "*"): LATE,
    ("microgateway.airlock.com", "*"): Manner(untold=PROGRESSING, unsaid=HEALTHY),
    ("gateway.solo.io", "*"): _GLOO,
    ("gloo.solo.io", "*"): _GLOO,
    ("projectcontour.io", "*"): Manner(words={"NotReconciled": PROGRESSING}, unsaid=PROGRESSING),
    **stateless("projectcontour.io", "TLSCertificateDelegation", "ContourConfiguration"),
    ("networking.istio.io", "*"): STATELESS,
    ("security.istio.io", "*"): STATELESS,
    ("telemetry.istio.io", "*"): STATELESS,
    ("extensions.istio.io", "*"): STATELESS,
    ("traefik.io", "*"): STATELESS,
    ("traefik.containo.us", "*"): STATELESS,
    ("install.istio.io", "IstioOperator"): Manner(words={"ACTION_REQUIRED": DEGRADED}, unsaid=PROGRESSING),
    ("proclaim.dogmatiq.io", "*"): Manner(
        conditions={**steps("Adopted", "Advertised"), "Discoverable": SETTLING}, unsaid=PROGRESSING
    ),
    ("elbv2.k8s.aws", "TargetGroupBinding"): STATELESS,
    ("cilium.io", "*"): STATELESS,
    ("crd.projectcalico.org", "*"): STATELESS,
    ("projectcalico.org", "*"): STATELESS,
    ("configuration.konghq.com", "*"): STATELESS,
    ("dapr.io", "*"): STATELESS,
    ("kuma.io", "*"): STATELESS,
    ("getambassador.io", "*"): STATELESS,
    ("getambassador.io", "Mapping"): Manner(words={"Inactive": DEGRADED}, unsaid=HEALTHY),
    ("route.openshift.io", "Route"): LATE,
}
