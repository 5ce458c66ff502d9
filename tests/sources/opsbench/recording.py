# ruff: noqa: E501, W291, S105 - what kubectl prints is as wide as it is, and padded
"""A small recording of our own, in the benchmark's layout."""

from __future__ import annotations

import json
import random
import textwrap
from pathlib import Path

from pydantic import JsonValue

Parts = dict[str, dict[str, JsonValue]]

POD = """\
Name:             cart-7f9-aaaaa
Namespace:        market
Service Account:  cart
Node:             node-b/10.9.8.7
Start Time:       Wed, 04 Mar 2026 19:50:00 +0800
Labels:           app=cart
                  pod-template-hash=7f9
Annotations:      <none>
Status:           Running
IP:               10.1.0.4
Controlled By:    ReplicaSet/cart-7f9
Containers:
  app:
    Image:          cart:2
    Port:           7070/TCP
    Host Port:      0/TCP
    State:          Running
      Started:      Wed, 04 Mar 2026 19:50:01 +0800
    Ready:          True
    Restart Count:  0
    Environment:
      STOCK_ADDR:  stock:8080
    Mounts:        <none>
Conditions:
  Type    Status
  Ready   True 
Volumes:  <none>
Events:
  Type     Reason     Age   From     Message
  ----     ------     ----  ----     -------
  Warning  Unhealthy  64s   kubelet  Readiness probe failed: timeout
"""

DEPLOYMENT = """\
Name:                   cart
Namespace:              market
CreationTimestamp:      Wed, 04 Mar 2026 19:40:00 +0800
Labels:                 app=cart
Annotations:            <none>
Selector:               app=cart
Replicas:               1 desired | 1 updated | 1 total | 1 available | 0 unavailable
StrategyType:           RollingUpdate
Pod Template:
  Labels:  app=cart
  Containers:
   app:
    Image:      cart:2
    Port:       7070/TCP
    Host Port:  0/TCP
    Environment:
      STOCK_ADDR:  stock:8080
  Volumes:         <none>
  Node-Selectors:  <none>
  Tolerations:     <none>
Events:  <none>
"""

NODE = """\
Name:               node-b
Roles:              worker
Labels:             zone=a
Taints:             <none>
Unschedulable:      false
Lease:
  HolderIdentity:  node-b
  AcquireTime:     <unset>
  RenewTime:       Wed, 04 Mar 2026 19:59:30 +0800
Conditions:
  Type    Status  LastHeartbeatTime                 LastTransitionTime                Reason         Message
  ----    ------  -----------------                 ------------------                ------         -------
  Ready   True    Wed, 04 Mar 2026 19:59:00 +0800   Wed, 04 Mar 2026 08:00:00 +0800   KubeletReady   ready
Events:  <none>
"""

SECRET = """\
Name:         cart-db
Namespace:    market
Labels:       <none>
Annotations:  <none>

Type:  Opaque

Data
====
user:  3 bytes
"""

MANIFEST = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: cart, labels: {app: cart}}
spec:
  replicas: 9
  template:
    metadata: {labels: {app: cart}}
    spec:
      affinity: {podAntiAffinity: {}}
      containers: [{name: app, image: "cart:1", env: [{name: OLD, value: x}], securityContext: {runAsUser: 7}}]
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: cart}
---
apiVersion: v1
kind: Secret
metadata: {name: cart-db}
stringData: {user: ann, port: "5432"}
"""

TREE = """\
[Service]: gate (Entrypoint)
[Upstream (Called By)]: (User Traffic)
[Downstream (Calls)]:
gate
├── cart
│   └── stock  <-- (Database)
└── stock
"""

REPORT = """\
=== Service cart:7070 Connectivity test report ===
Debug Pod test results deployed on node-a: punt!
Terminated
Connection Failed
Debug Pod test results deployed on node-b: cart (10.96.0.7:7070) open
Connection Succeeded"""

KUBELET = """\
Service: kubelet
Node: node-b
Status: ○ kubelet.service - Kubernetes Kubelet
     Loaded: loaded (/etc/systemd/system/kubelet.service; enabled)
     Active: inactive (dead) since Wed 2026-03-04 19:41:00 CST; 1min 39s ago
    Process: 1 ExecStart=/opt/kubelet (code=exited, status=0/SUCCESS)

Mar 04 19:41:00 node-b systemd[1]: Stopped Kubernetes Kubelet.
"""


def key(tool: str, **arguments: str | int | bool) -> str:
    """Write a tool call as the recording does."""
    return f"{tool}:{json.dumps(arguments, separators=(',', ':'))}"


def parts() -> Parts:
    """The recording's files, by their paths."""
    pods = "NAME             READY   STATUS    RESTARTS   AGE\ncart-7f9-aaaaa   1/1     Running   0          9m30s\n"
    wide = (
        "NAME             READY   STATUS    RESTARTS   AGE     IP         NODE     NOMINATED NODE   READINESS GATES\n"
        "cart-7f9-aaaaa   1/1     Running   0          9m31s   10.1.0.4   node-b   <none>           <none>\n"
    )
    rows = "NAME   READY   UP-TO-DATE   AVAILABLE   AGE\ncart   1/1     1            1           19m\n"
    services = (
        "NAME    TYPE        CLUSTER-IP   EXTERNAL-IP   PORT(S)    AGE\n"
        "cart    ClusterIP   10.96.0.7    <none>        7070/TCP   19m\n"
        "stock   ClusterIP   10.96.0.8    <none>        8080/TCP   19m\n"
    )
    states: dict[str, JsonValue] = {
        "kubectl get pods -n market": pods,
        "kubectl get pods -n market -o wide": wide,
        "kubectl describe pods cart-7f9-aaaaa -n market": POD,
        "kubectl get deployments -n market": rows,
        "kubectl describe deployments cart -n market": DEPLOYMENT,
        "kubectl get services -n market": services,
        "kubectl get serviceaccounts -n market": "NAME      SECRETS   AGE\ndefault   0         9d\n",
        "kubectl get secrets -n market": "NAME      TYPE     DATA   AGE\ncart-db   Opaque   1      9d\n",
        "kubectl describe secrets cart-db -n market": SECRET,
        "kubectl get configmaps -n market": "",
        "kubectl describe nodes node-b -n market": NODE,
    }
    answers: dict[str, JsonValue] = {
        "collection_timestamp": "2026-03-04T20:00:00.123456",
        key("GetResources", resource_type="pods", name="", namespace="market"): pods,
        key("GetResources", resource_type="deployments", name="cart", namespace="market"): rows,
        key("DescribeResource", resource_type="pods", name="cart-7f9-aaaaa", namespace="market"): POD,
        key("GetAppYAML", app_name="cart"): MANIFEST,
        "GetClusterConfiguration:{}": {
            "node_count": 1,
            "nodes": [
                {
                    "name": "node-b",
                    "role": "worker",
                    "status": "Ready",
                    "conditions": {"MemoryPressure": "False"},
                    "taints": ["gpu=true:NoSchedule"],
                    "labels": {"zone": "a"},
                    "allocatable_resources": {"cpu": "8", "memory": "15Gi"},
                }
            ],
        },
        key("GetErrorLogs", namespace="market", service_name="cart"): json.dumps(
            {"total_errors": 3, "patterns": [{"count": 3, "sample": "ERROR no stock"}]}
        ),
        key("GetServiceDependencies", service_name="gate"): TREE,
        key("CheckServiceConnectivity", namespace="market", service_name="cart", port=7070): REPORT,
        key("CheckServiceConnectivity", namespace="market", service_name="stock", port=8080): "Connection Failed",
        key("CheckNodeServiceStatus", node_name="node-b", service_name="kubelet"): KUBELET,
    }
    alerts: dict[str, JsonValue] = {
        "status": "has_anomalies",
        "alerts": [
            {
                "type": "Service",
                "name": "cart",
                "time_range": "2026-03-04 19:55:00 ~ 2026-03-04 19:57:00",
                "status": "ABNORMAL",
                "evidence": [
                    "LATENCY_DEGRADATION [Slow Response] | cart-p50latency: Normal=3.00ms -> Current=900.00ms (+29900.0%)",
                    "THROUGHPUT_DROP [RPS] | Normal=10.00req/s -> Current=2.50req/s (-75.0%)",
                ],
            },
            {"request_method": "POST", "business_action": "Buy", "entry_service": "stock", "url": "/buy",
             "occurrences": 4, "raw_error": "HTTPError('500 Server Error')"},
        ],
    }  # fmt: skip
    return {
        "raw_data/k8s_states.json": states,
        "tool_cache.json": answers,
        "raw_data/alert.json": alerts,
        "raw_data/logs.json": {
            "cart": ["listening", "2026-03-04T19:59:58.123456789+08:00 ERROR no stock"],
            "cart.previous": "bye\n",
        },
    }


METRICS = """\
\ufefftime,cart-cpu,cart-cpu_cfs,cart-p95latency,node-b-tcp_retans,odd
2026-03-04 19:55:00,0.5,0.1,20,0.0,1
2026-03-04 19:55:05,0.7,,nan,3.5,1
"""


def write(folder: Path, files: Parts, *, metrics: str = METRICS) -> Path:
    """Write a recording."""
    (folder / "raw_data").mkdir(parents=True, exist_ok=True)
    for path, content in files.items():
        (folder / path).write_text(json.dumps(content), encoding="utf-8")
    if metrics:
        (folder / "raw_data/metrics.csv").write_text(textwrap.dedent(metrics), encoding="utf-8")
    return folder


def shuffled(files: Parts, seed: int) -> Parts:
    """The same recording with its keys in another order."""
    order = random.Random(seed)
    mixed: Parts = {}
    for path, content in files.items():
        keys = list(content)
        order.shuffle(keys)
        mixed[path] = {name: content[name] for name in keys}
    return mixed
