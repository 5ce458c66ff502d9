"""A namespace whose quota for Services is used up."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.dependency.missing_services import missing_service
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Namespace, ResourceQuota, Service

RESOURCES = frozenset({"services", "count/services", "services.loadbalancers", "services.nodeports"})


@rule(Severity.ERROR, subject=ResourceQuota, needs=(Service,), directness=Directness.STATED)
def namespace_service_quota_is_exceeded(quota: ResourceQuota, cluster: ClusterSnapshot) -> Matches:
    """The namespace's quota for Services is used up, and a Service that is called does not exist.

    Why it matters:
        Creating a Service beyond the quota is rejected once, to whoever applied it; no trace stays but the absence.

    Fires on:
        kind: ResourceQuota
        metadata: {name: team}
        status:
          hard: {services: '1'}
          used: {services: '1'}
        ---
        kind: Deployment
        metadata: {name: api}
        spec:
          replicas: 1
          selector:
            matchLabels: {app: api}
          template:
            metadata:
              labels: {app: api}
            spec:
              containers:
              - name: app
                env:
                - {name: CART_URL, value: 'cart:7070'}
        ---
        kind: Pod
        metadata:
          name: api-0
          ownerReferences:
          - {apiVersion: apps/v1, kind: Deployment, name: api, controller: true}
        spec:
          nodeName: n1
          containers:
          - {name: app}
        status:
          phase: Running
          containerStatuses:
          - name: app
            ready: false
            restartCount: 4
            state:
              waiting: {reason: CrashLoopBackOff}
        ---
        kind: Deployment
        metadata: {name: cart}
        spec:
          template:
            metadata:
              labels: {app: cart}

    Stays quiet on:
        {kind: ResourceQuota, metadata: {name: team}, status: {hard: {services: '1'}, used: {services: '1'}}}
        ---
        {kind: Service, metadata: {name: web}, spec: {ports: [{port: 80}]}}

    Remedy:
        Raise the quota with its owner, or delete Services that nobody calls; then create the missing one.

    References:
        https://kubernetes.io/docs/concepts/policy/resource-quotas/#object-count-quota
    """
    full = [resource for resource, used, hard in quota.usage() if resource in RESOURCES and used >= hard]
    if not full:
        return
    for workload in cluster.workloads():
        if workload.namespace != quota.namespace:
            continue
        for container in workload.template.containers:
            for _, host, port in container.addresses:
                missing = missing_service(host, port, workload, cluster)
                if missing is None or missing.namespace != quota.namespace:
                    continue
                yield Match(
                    message=f"quota {quota.name} of namespace {quota.namespace} allows no more {full[0]} "
                    f"({quota.text('status', 'used', full[0])} of {quota.text('status', 'hard', full[0])}); "
                    f"Service {missing.name} is missing",
                    evidence=(
                        quota.cite(f"status.used['{full[0]}']"),
                        quota.cite(f"status.hard['{full[0]}']"),
                        cluster.cite_absence(missing),
                    ),
                    blame=Namespace.ref_to(None, quota.namespace or ""),
                    effects=(
                        Effect(EffectKind.SERVICE_MISSING, missing),
                        Effect(EffectKind.CALLS_FAILING, workload.ref),
                    ),
                    about="services",
                    facts=(("quota", quota.name), ("resource", full[0]), ("service", missing.name)),
                )
