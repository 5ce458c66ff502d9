"""An API of an extension that nobody serves."""

from __future__ import annotations

from datetime import timedelta

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.times import parse_time
from cluster_doctor.snapshot.views import APIService, Autoscaler, Namespace, Service, condition_message

PATIENCE = timedelta(minutes=2)
"""How long an API server of an extension may take to start."""
_METRICS = "metrics.k8s.io"


@rule(Severity.ERROR, subject=APIService, directness=Directness.STATED)
def aggregated_api_is_not_available(api: APIService, cluster: ClusterSnapshot) -> Matches:
    """The API server cannot reach the extension that serves an API.

    Why it matters:
        What asks for that API fails: autoscalers and `kubectl top` without metrics. Discovery is incomplete while it
        lasts, so that namespaces cannot be deleted and quotas of its objects are not counted.

    Fires on:
        kind: APIService
        metadata: {name: v1beta1.metrics.k8s.io}
        spec: {group: metrics.k8s.io, service: {namespace: kube-system, name: metrics-server}}
        status:
          conditions:
          - {type: Available, status: 'False', reason: MissingEndpoints, message: the service has no addresses}

    Stays quiet on:
        kind: APIService
        metadata: {name: v1beta1.metrics.k8s.io}
        spec: {group: metrics.k8s.io, service: {namespace: kube-system, name: metrics-server}}
        status:
          conditions:
          - {type: Available, status: 'True', reason: Passed}

    Remedy:
        Repair the Service and the Pods behind it, or delete the APIService if the extension was removed.

    References:
        https://kubernetes.io/docs/concepts/extend-kubernetes/api-extension/apiserver-aggregation/
        https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/api-service-v1/#APIServiceStatus
    """
    condition = api.condition("Available")
    since = parse_time(condition.get("lastTransitionTime"))
    if condition.get("status") != "False" or api.deleted_at or (since and cluster.taken_at - since < PATIENCE):
        return
    scaled = cluster.all(Autoscaler) if api.text("spec", "group") == _METRICS else []
    behind = api.text("spec", "service", "name")
    served = Service.ref_to(api.text("spec", "service", "namespace"), behind)
    yield Match(
        message=f"API {api.name} is not available: {condition_message(condition)}",
        evidence=(api.cite(f"{api.condition_path('Available')}.status"),),
        blame=api.ref,
        effects=(
            *(
                Effect(EffectKind.NOT_SCALING, scaler.ref)
                for scaler in scaled
                if scaler.condition("ScalingActive").get("status") == "False"
            ),
            *(
                Effect(EffectKind.NOT_DELETED, namespace.ref)
                for namespace in cluster.all(Namespace)
                if _stops(api, namespace)
            ),
        ),
        because=(Effect(EffectKind.SERVICE_UNREACHABLE, served),) if behind else (),
        since=since,
        facts=(("service", served.path if behind else ""),),
    )


def _stops(api: APIService, namespace: Namespace) -> bool:
    """Tell whether a Namespace cannot go because nobody can list what it holds of this API."""
    condition = namespace.condition("NamespaceDeletionDiscoveryFailure")
    return condition.get("status") == "True" and (
        f"{api.text('spec', 'group')}/{api.text('spec', 'version')}" in condition_message(condition)
    )
