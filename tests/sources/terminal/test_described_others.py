# ruff: noqa: E501, W291 - what kubectl prints is as wide as it is, and padded
"""`kubectl describe` of nodes, quotas, autoscalers, and of kinds without words of their own."""

from __future__ import annotations

from cluster_doctor.snapshot.paths import dig
from terminal.reading import only, snapshot


def test_a_node_keeps_conditions_taints_amounts_and_lease() -> None:
    text = """\
        Name:               node-b
        Roles:              worker
        Labels:             kubernetes.io/hostname=node-b
        Annotations:        node.alpha.kubernetes.io/ttl: 0
        CreationTimestamp:  Sun, 01 Mar 2026 08:00:00 +0800
        Taints:             node.kubernetes.io/unreachable:NoExecute
                            gpu=true:NoSchedule
        Unschedulable:      true
        Lease:
          HolderIdentity:  node-b
          AcquireTime:     <unset>
          RenewTime:       Wed, 04 Mar 2026 19:50:00 +0800
        Conditions:
          Type             Status    LastHeartbeatTime                 LastTransitionTime                Reason              Message
          ----             ------    -----------------                 ------------------                ------              -------
          MemoryPressure   Unknown   Wed, 04 Mar 2026 19:50:00 +0800   Wed, 04 Mar 2026 19:51:00 +0800   NodeStatusUnknown   Kubelet stopped posting node status.
          Ready            Unknown   Wed, 04 Mar 2026 19:50:00 +0800   Wed, 04 Mar 2026 19:51:00 +0800   NodeStatusUnknown   Kubelet stopped posting node status.
        Addresses:
          InternalIP:  10.9.8.7
          Hostname:    node-b
        Capacity:
          cpu:     4
          memory:  8Gi
        Allocatable:
          cpu:     3800m
          memory:  7Gi
        System Info:
          Kubelet Version:  v1.31.2
        PodCIDR:            10.1.2.0/24
        Non-terminated Pods:          (1 in total)
          Namespace                   Name     CPU Requests  CPU Limits  Memory Requests  Memory Limits  Age
          ---------                   ----     ------------  ----------  ---------------  -------------  ---
          shop                        front-0  100m (2%)     0 (0%)      64Mi (0%)        0 (0%)         2d
        Allocated resources:
          (Total limits may be over 100 percent, i.e., overcommitted.)
          Resource           Requests    Limits
          --------           --------    ------
          cpu                100m (2%)   0 (0%)
        Events:              <none>
        """
    cluster = snapshot(("kubectl describe node node-b", text))
    node = next(raw for raw in cluster.objects if raw["kind"] == "Node")
    assert node["spec"] == {
        "taints": [
            {"key": "node.kubernetes.io/unreachable", "effect": "NoExecute"},
            {"key": "gpu", "value": "true", "effect": "NoSchedule"},
        ],
        "unschedulable": True,
        "podCIDR": "10.1.2.0/24",
    }
    assert dig(node, "status", "conditions", 1) == {
        "type": "Ready",
        "status": "Unknown",
        "reason": "NodeStatusUnknown",
        "message": "Kubelet stopped posting node status.",
        "lastHeartbeatTime": "2026-03-04T11:50:00Z",
        "lastTransitionTime": "2026-03-04T11:51:00Z",
    }
    assert dig(node, "status", "allocatable") == {"cpu": "3800m", "memory": "7Gi"}
    lease = next(raw for raw in cluster.objects if raw["kind"] == "Lease")
    assert lease["spec"] == {"holderIdentity": "node-b", "renewTime": "2026-03-04T11:50:00Z"}
    assert not any(raw["kind"] == "Pod" for raw in cluster.objects)


def test_quotas_limit_ranges_and_namespaces() -> None:
    quota = """\
        Name:            compute
        Namespace:       shop
        Resource         Used   Hard
        --------         ----   ----
        limits.memory    900Mi  1Gi
        pods             10     10
        """
    limits = """\
        Name:       defaults
        Namespace:  shop
        Type        Resource  Min  Max  Default Request  Default Limit  Max Limit/Request Ratio
        ----        --------  ---  ---  ---------------  -------------  -----------------------
        Container   cpu       -    2    100m             500m           -
        Container   memory    8Mi  1Gi  64Mi             128Mi          -
        """
    namespace = """\
        Name:         shop
        Labels:       kubernetes.io/metadata.name=shop
        Annotations:  <none>
        Status:       Terminating

        No resource quota.

        No LimitRange resource.
        """
    found = only("kubectl describe quota compute -n shop", quota, "ResourceQuota")
    assert found["spec"] == {"hard": {"limits.memory": "1Gi", "pods": "10"}}
    assert dig(found, "status", "used") == {"limits.memory": "900Mi", "pods": "10"}
    found = only("kubectl describe limitrange defaults -n shop", limits, "LimitRange")
    assert found["spec"] == {
        "limits": [
            {
                "type": "Container",
                "min": {"memory": "8Mi"},
                "max": {"cpu": "2", "memory": "1Gi"},
                "defaultRequest": {"cpu": "100m", "memory": "64Mi"},
                "default": {"cpu": "500m", "memory": "128Mi"},
            }
        ]
    }
    found = only("kubectl describe ns shop", namespace, "Namespace")
    assert found["status"] == {"phase": "Terminating"}
    assert dig(found, "metadata", "deletionTimestamp") is not None


def test_an_autoscaler_and_a_disruption_budget() -> None:
    autoscaler = """\
        Name:                                                  front
        Namespace:                                             shop
        Labels:                                                <none>
        Annotations:                                           <none>
        CreationTimestamp:                                     Wed, 04 Mar 2026 10:00:00 +0000
        Reference:                                             Deployment/front
        Metrics:                                               ( current / target )
          resource cpu on pods  (as a percentage of request):  <unknown> / 80%
        Min replicas:                                          2
        Max replicas:                                          5
        Deployment pods:                                       2 current / 0 desired
        Conditions:
          Type           Status  Reason                   Message
          ----           ------  ------                   -------
          AbleToScale    True    SucceededGetScale        the HPA controller was able to get the target's current scale
          ScalingActive  False   FailedGetResourceMetric  the HPA was unable to compute the replica count
        Events:          <none>
        """
    budget = """\
        Name:           front
        Namespace:      shop
        Min available:  50%
        Selector:       app=front
        Status:
            Allowed disruptions:  0
            Current:              1
            Desired:              2
            Total:                3
        Events:                   <none>
        """
    found = only("kubectl describe hpa front -n shop", autoscaler, "HorizontalPodAutoscaler")
    assert found["spec"] == {
        "minReplicas": 2,
        "maxReplicas": 5,
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "front"},
        "metrics": [
            {
                "type": "Resource",
                "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}},
            }
        ],
    }
    assert dig(found, "status", "currentReplicas") == 2
    assert dig(found, "status", "conditions", 1) == {
        "type": "ScalingActive",
        "status": "False",
        "reason": "FailedGetResourceMetric",
        "message": "the HPA was unable to compute the replica count",
    }
    found = only("kubectl describe pdb front -n shop", budget, "PodDisruptionBudget")
    assert found["spec"] == {"minAvailable": "50%", "selector": {"matchLabels": {"app": "front"}}}
    assert found["status"] == {"disruptionsAllowed": 0, "currentHealthy": 1, "desiredHealthy": 2, "expectedPods": 3}


def test_kinds_without_words_of_their_own_are_read_field_by_field() -> None:
    hook = """\
        Name:         guard
        Namespace:    
        Labels:       <none>
        Annotations:  <none>
        API Version:  admissionregistration.k8s.io/v1
        Kind:         ValidatingWebhookConfiguration
        Metadata:
          Creation Timestamp:  2026-03-04T10:00:00Z
        Webhooks:
          Admission Review Versions:
            v1
          Client Config:
            Service:
              Name:        guard
              Namespace:   ops
              Path:        /check
              Port:        443
          Failure Policy:  Fail
          Match Policy:    Equivalent
          Name:            pods.guard.example
          Rules:
            API Groups:
              apps
            Operations:
              CREATE
              UPDATE
          Timeout Seconds:  10
        Events:             <none>
        """
    site = """\
        Name:         site
        Namespace:    shop
        Labels:       <none>
        Annotations:  <none>
        API Version:  example.org/v1
        Kind:         Website
        Metadata:
          Generation:  2
        Spec:
          Paused:  true
        Status:
          Conditions:
            Last Transition Time:  2026-03-04T10:00:00Z
            Message:               no route
            Reason:                NoRoute
            Status:                False
            Type:                  Ready
            Last Transition Time:  2026-03-04T10:00:00Z
            Status:                True
            Type:                  Synced
        Events:                    <none>
        """
    found = only("kubectl describe validatingwebhookconfigurations guard", hook, "ValidatingWebhookConfiguration")
    assert found["webhooks"] == [
        {
            "admissionReviewVersions": ["v1"],
            "clientConfig": {"service": {"name": "guard", "namespace": "ops", "path": "/check", "port": 443}},
            "failurePolicy": "Fail",
            "matchPolicy": "Equivalent",
            "name": "pods.guard.example",
            "rules": [{"apiGroups": ["apps"], "operations": ["CREATE", "UPDATE"]}],
            "timeoutSeconds": 10,
        }
    ]
    found = only("kubectl describe website site -n shop", site, "Website")
    assert found["apiVersion"] == "example.org/v1"
    assert found["spec"] == {"paused": True}
    assert dig(found, "status", "conditions") == [
        {
            "lastTransitionTime": "2026-03-04T10:00:00Z",
            "message": "no route",
            "reason": "NoRoute",
            "status": "False",
            "type": "Ready",
        },
        {"lastTransitionTime": "2026-03-04T10:00:00Z", "status": "True", "type": "Synced"},
    ]
