# ruff: noqa: E501 - what kubectl prints is as wide as it is, and padded
"""Tables of `kubectl get` become partial objects, and cover what they list."""

from __future__ import annotations

import pytest
from pydantic import JsonValue

from cluster_doctor.snapshot.paths import dig, resolve
from cluster_doctor.snapshot.views import Pod
from terminal.reading import read, snapshot

PODS = """\
    NAMESPACE   NAME                    READY   STATUS                   RESTARTS        AGE     IP           NODE     NOMINATED NODE   READINESS GATES   LABELS
    shop        front-6f7-aaaaa         1/1     Running                  0               3d6h    10.1.0.4     node-a   <none>           <none>            app=front,tier=web
    shop        basket-5c8-bbbbb        0/1     ImagePullBackOff         0               14m     10.1.0.5     node-b   <none>           <none>            app=basket
    shop        import-ccccc            0/1     Completed                0               2h      <none>       node-b   <none>           <none>            <none>
    ops         agent-ddddd             0/2     Init:CrashLoopBackOff    4 (51s ago)     5m10s   10.1.0.6     node-c   <none>           <none>            app=agent
    ops         cron-eeeee              0/1     Evicted                  0               1d      <none>       node-c   <none>           <none>            <none>
    """


def test_pods_of_all_namespaces_are_read_and_covered() -> None:
    cluster = snapshot(("kubectl get pods -A -o wide --show-labels", PODS))
    pods = {pod.name: pod for pod in cluster.all(Pod)}
    assert len(pods) == 5
    front = pods["front-6f7-aaaaa"]
    assert (front.namespace, front.node_name, front.ip, front.phase) == ("shop", "node-a", "10.1.0.4", "Running")
    assert front.labels == {"app": "front", "tier": "web"}
    assert front.ready
    basket = pods["basket-5c8-bbbbb"]
    assert (basket.phase, basket.ready, basket.containers[0].waiting) == ("Pending", False, "ImagePullBackOff")
    assert pods["import-ccccc"].phase == "Succeeded"
    assert (pods["cron-eeeee"].phase, pods["cron-eeeee"].reason) == ("Failed", "Evicted")
    agent = pods["agent-ddddd"]
    assert agent.containers[0].waiting == "CrashLoopBackOff"
    assert agent.containers[0].restarts == 4
    assert agent.containers[0].last_terminated["finishedAt"] == "2026-03-04T11:59:09Z"
    assert cluster.covers("Pod", "anywhere")


def test_an_empty_list_covers_its_namespace_and_no_other() -> None:
    cluster = snapshot(("kubectl get secrets -n shop", "No resources found in shop namespace.\n"))
    assert cluster.covers("Secret", "shop")
    assert not cluster.covers("Secret", "ops")
    assert not cluster.objects


def test_a_selected_or_cut_list_covers_only_what_it_shows() -> None:
    text = """\
        NAME    READY   STATUS    RESTARTS   AGE
        web-0   1/1     Running   0          5m
        """
    for command in ("kubectl get pods -n shop -l app=web", "kubectl get pods -n shop | head -2"):
        cluster = snapshot((command, text))
        assert cluster.covers("Pod", "shop", "web-0")
        assert not cluster.covers("Pod", "shop")


def test_a_name_that_was_not_found_is_covered() -> None:
    cluster = snapshot(
        ("kubectl get sa biller -n shop", 'Error from server (NotFound): serviceaccounts "biller" not found')
    )
    assert cluster.covers("ServiceAccount", "shop", "biller")
    assert not cluster.covers("ServiceAccount", "shop")


CASES: list[tuple[str, str, dict[str, JsonValue]]] = [
    ("deployments", """\
     NAME    READY   UP-TO-DATE   AVAILABLE   AGE   CONTAINERS   IMAGES          SELECTOR
     front   1/3     3            1           78s   app,proxy    front:1,envoy   app=front
     """, {
        "spec.replicas": 3, "status.readyReplicas": 1, "status.availableReplicas": 1,
        "spec.selector": {"matchLabels": {"app": "front"}},
        "spec.template.spec.containers": [{"name": "app", "image": "front:1"}, {"name": "proxy", "image": "envoy"}],
     }),
    ("statefulsets", """\
     NAME    READY   AGE
     queue   2/3     5d
     """, {"spec.replicas": 3, "status.readyReplicas": 2}),
    ("daemonsets", """\
     NAME    DESIRED   CURRENT   READY   UP-TO-DATE   AVAILABLE   NODE SELECTOR   AGE
     agent   4         3         2       3            2           disk=ssd        5d
     """, {
        "status.desiredNumberScheduled": 4, "status.numberReady": 2,
        "spec.template.spec.nodeSelector": {"disk": "ssd"},
     }),
    ("replicasets", """\
     NAME        DESIRED   CURRENT   READY   AGE
     front-6f7   3         2         1       5d
     """, {"spec.replicas": 3, "status.replicas": 2, "status.readyReplicas": 1}),
    ("jobs", """\
     NAME     STATUS   COMPLETIONS   DURATION   AGE
     import   Failed   0/1           5m         5m
     """, {"status.conditions": [{"type": "Failed", "status": "True"}], "spec.completions": 1}),
    ("cronjobs", """\
     NAME      SCHEDULE    TIMEZONE   SUSPEND   ACTIVE   LAST SCHEDULE   AGE
     nightly   0 2 * * *   <none>     True      0        10h             5d
     """, {"spec.schedule": "0 2 * * *", "spec.suspend": True, "status.lastScheduleTime": "2026-03-04T02:00:00Z"}),
    ("services", """\
     NAME    TYPE       CLUSTER-IP   EXTERNAL-IP   PORT(S)                     AGE   SELECTOR
     front   NodePort   10.96.0.9    <none>        80:30080/TCP,53:30053/UDP   5d    app=front
     """, {
        "spec.type": "NodePort", "spec.clusterIP": "10.96.0.9", "spec.selector": {"app": "front"},
        "spec.ports": [
            {"port": 80, "protocol": "TCP", "nodePort": 30080}, {"port": 53, "protocol": "UDP", "nodePort": 30053},
        ],
     }),
    ("endpoints", """\
     NAME    ENDPOINTS                                      AGE
     front   10.1.0.4:8080,10.1.0.5:8080,10.1.0.4:9090 + 3 more...   5d
     """.replace("                                      AGE", "                                               AGE"), {
        "subsets": [
            {"addresses": [{"ip": "10.1.0.4"}, {"ip": "10.1.0.5"}], "ports": [{"port": 8080}]},
            {"addresses": [{"ip": "10.1.0.4"}], "ports": [{"port": 9090}]},
        ]
     }),
    ("persistentvolumeclaims", """\
     NAME   STATUS    VOLUME   CAPACITY   ACCESS MODES   STORAGECLASS   VOLUMEATTRIBUTESCLASS   AGE
     data   Pending                                      fast           <unset>                 81s
     """, {"status.phase": "Pending", "spec.storageClassName": "fast", "spec.volumeName": None}),
    ("persistentvolumes", """\
     NAME   CAPACITY   ACCESS MODES   RECLAIM POLICY   STATUS     CLAIM       STORAGECLASS   VOLUMEATTRIBUTESCLASS   REASON   AGE
     pv-1   5Gi        RWO,RWX        Retain           Released   shop/data                  <unset>                          95s
     """, {
        "status.phase": "Released", "spec.accessModes": ["ReadWriteOnce", "ReadWriteMany"],
        "spec.claimRef": {"kind": "PersistentVolumeClaim", "namespace": "shop", "name": "data"},
        "spec.storageClassName": "",
     }),
    ("storageclasses", """\
     NAME             PROVISIONER        RECLAIMPOLICY   VOLUMEBINDINGMODE      ALLOWVOLUMEEXPANSION   AGE
     fast (default)   example.org/disk   Delete          WaitForFirstConsumer   false                  11d
     """, {
        "metadata.name": "fast", "provisioner": "example.org/disk",
        "metadata.annotations": {"storageclass.kubernetes.io/is-default-class": "true"},
     }),
    ("nodes", """\
     NAME     STATUS                        ROLES    AGE   VERSION   INTERNAL-IP
     node-b   NotReady,SchedulingDisabled   worker   98d   v1.31.2   10.9.8.7
     """, {
        "status.conditions": [{"type": "Ready", "status": "False"}], "spec.unschedulable": True,
        "status.addresses": [{"type": "InternalIP", "address": "10.9.8.7"}],
     }),
    ("resourcequota", """\
     NAME      AGE    REQUEST                                LIMIT
     compute   112s   pods: 10/10, requests.cpu: 900m/1      limits.memory: 1Gi/2Gi
     """, {
        "spec.hard": {"pods": "10", "requests.cpu": "1", "limits.memory": "2Gi"},
        "status.used": {"pods": "10", "requests.cpu": "900m", "limits.memory": "1Gi"},
     }),
    ("hpa", """\
     NAME    REFERENCE          TARGETS              MINPODS   MAXPODS   REPLICAS   AGE
     front   Deployment/front   cpu: <unknown>/80%   2         5         2          5d
     """, {"spec.scaleTargetRef": {"kind": "Deployment", "name": "front"}, "spec.maxReplicas": 5}),
    ("pdb", """\
     NAME    MIN AVAILABLE   MAX UNAVAILABLE   ALLOWED DISRUPTIONS   AGE
     front   50%             N/A               0                     5d
     """, {"spec.minAvailable": "50%", "spec.maxUnavailable": None, "status.disruptionsAllowed": 0}),
    ("ingress", """\
     NAME   CLASS   HOSTS          ADDRESS     PORTS   AGE
     site   nginx   shop.example   192.0.2.7   80      5d
     """, {"spec.ingressClassName": "nginx", "spec.rules": [{"host": "shop.example"}]}),
    ("netpol", """\
     NAME     POD-SELECTOR   AGE
     closed   app=front      3h3m
     """, {"spec.podSelector": {"matchLabels": {"app": "front"}}}),
    ("secrets", """\
     NAME   TYPE                             DATA   AGE
     pull   kubernetes.io/dockerconfigjson   1      5d
     """, {"type": "kubernetes.io/dockerconfigjson"}),
    ("namespaces", """\
     NAME   STATUS        AGE
     shop   Terminating   5d
     """, {"status.phase": "Terminating"}),
    ("rolebindings", """\
     NAME     ROLE               AGE
     biller   ClusterRole/view   11d
     """, {"roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"}}),
]  # fmt: skip


@pytest.mark.parametrize(("word", "text", "expected"), CASES, ids=[case[0] for case in CASES])
def test_every_kind_of_table_is_read(word: str, text: str, expected: dict[str, JsonValue]) -> None:
    (found,) = read(f"kubectl get {word} -n shop", text)
    assert {path: resolve(found, path) for path in expected} == expected


def test_a_list_of_several_kinds_tells_them_by_their_names() -> None:
    text = """\
        NAME          READY   STATUS    RESTARTS   AGE
        pod/front-1   1/1     Running   0          5m

        NAME            TYPE        CLUSTER-IP   EXTERNAL-IP   PORT(S)   AGE
        service/front   ClusterIP   10.96.0.9    <none>        80/TCP    5m

        NAME                    READY   UP-TO-DATE   AVAILABLE   AGE
        deployment.apps/front   1/1     1            1           5m
        """
    cluster = snapshot(("kubectl get all -n shop", text))
    assert [(raw["kind"], dig(raw, "metadata", "name")) for raw in cluster.objects] == [
        ("Deployment", "front"),
        ("Pod", "front-1"),
        ("Service", "front"),
    ]
    assert not cluster.covers("Deployment", "shop")


def test_events_are_read_with_and_without_their_header() -> None:
    header = "LAST SEEN   TYPE      REASON    OBJECT        MESSAGE\n"
    row = "2m17s       Warning   BackOff   pod/front-1   Back-off restarting failed container\n"
    whole = snapshot(("kubectl get events -n shop", header + row))
    cut = snapshot(("kubectl get events -n shop --sort-by='.lastTimestamp' | tail -n 50", row))
    assert whole.objects == cut.objects
    (event,) = whole.objects
    assert event["involvedObject"] == {"kind": "Pod", "name": "front-1", "namespace": "shop", "apiVersion": "v1"}
    assert event["lastTimestamp"] == "2026-03-04T11:57:43Z"
    assert whole.covers("Event", "shop")
    assert not cut.covers("Event", "shop")


def test_yaml_keeps_dates_as_text_and_opens_lists() -> None:
    text = """\
        apiVersion: v1
        kind: List
        items:
        - apiVersion: v1
          kind: ConfigMap
          metadata: {name: a, namespace: shop, creationTimestamp: 2026-03-04T10:00:00Z}
          data: {day: 2026-03-04}
        """
    cluster = snapshot(("kubectl get cm -n shop -o yaml", text))
    (found,) = cluster.objects
    assert dig(found, "metadata", "creationTimestamp") == "2026-03-04T10:00:00Z"
    assert found["data"] == {"day": "2026-03-04"}
    assert cluster.covers("ConfigMap", "shop")
