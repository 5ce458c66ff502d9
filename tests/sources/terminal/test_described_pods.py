# ruff: noqa: E501, W291 - what kubectl prints is as wide as it is, and padded
"""`kubectl describe pod` becomes the Pod that the API would return."""

from __future__ import annotations

import pytest

from cluster_doctor.snapshot.views import Pod
from terminal.reading import only, read, snapshot

CRASHING = """\
Name:                 billing-7c9d5b8f44-kx2lp
Namespace:            ledger
Priority:             1000
Priority Class Name:  important
Service Account:      biller
Node:                 node-b/10.9.8.7
Start Time:           Wed, 04 Mar 2026 19:30:00 +0800
Labels:               app=billing
                      pod-template-hash=7c9d5b8f44
Annotations:          example.org/build: 17
                      example.org/note: {"by":"ci"}
Status:               Running
IP:                   10.1.2.3
IPs:
  IP:           10.1.2.3
Controlled By:  ReplicaSet/billing-7c9d5b8f44
Init Containers:
  migrate:
    Container ID:  containerd://aa11
    Image:         registry.example/migrate:4
    Image ID:      registry.example/migrate@sha256:01
    Port:          <none>
    Host Port:     <none>
    Command:
      sh
      -c
      set -e
      ./migrate up
    State:          Terminated
      Reason:       Completed
      Exit Code:    0
      Started:      Wed, 04 Mar 2026 19:30:02 +0800
      Finished:     Wed, 04 Mar 2026 19:30:05 +0800
    Ready:          True
    Restart Count:  0
    Environment:    <none>
    Mounts:         <none>
Containers:
  app:
    Container ID:  containerd://bb22
    Image:         registry.example:5000/billing:9
    Image ID:      registry.example:5000/billing@sha256:02
    Ports:         8080/TCP, 9090/UDP
    Host Ports:    0/TCP, 9090/UDP
    Args:
      --listen=:8080
    State:          Waiting
      Reason:       CrashLoopBackOff
    Last State:     Terminated
      Reason:       OOMKilled
      Exit Code:    137
      Started:      Wed, 04 Mar 2026 19:55:00 +0800
      Finished:     Wed, 04 Mar 2026 19:56:10 +0800
    Ready:          False
    Restart Count:  6
    Limits:
      cpu:     500m
      memory:  64Mi
    Requests:
      cpu:      100m
      memory:   64Mi
    Liveness:   http-get https://:web/healthz delay=5s timeout=2s period=11s #success=1 #failure=4
    Readiness:  grpc <pod>:8080  delay=0s timeout=1s period=10s #success=1 #failure=3
    Startup:    exec [cat /tmp/started] delay=0s timeout=1s period=10s #success=1 #failure=30
    Environment Variables from:
      billing-settings  ConfigMap  Optional: false
      billing-extra     Secret with prefix 'X_'  Optional: true
    Environment:
      DB_HOST:      db.ledger.svc:5432
      DB_PASSWORD:  <set to the key 'password' in secret 'db'>           Optional: false
      MODE:         <set to the key 'mode' of config map 'billing-cfg'>  Optional: true
      POD_IP:        (v1:status.podIP)
      CPUS:         1 (limits.cpu)
      EMPTY:        
      BANNER:       first line
                    second: line
    Mounts:
      /data from store (rw)
      /etc/billing/app.yaml from settings (ro,path="app.yaml")
Conditions:
  Type                        Status
  PodReadyToStartContainers   True 
  Initialized                 True 
  Ready                       False 
  ContainersReady             False 
  PodScheduled                True 
Volumes:
  store:
    Type:       PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)
    ClaimName:  billing-store
    ReadOnly:   false
  settings:
    Type:      ConfigMap (a volume populated by a ConfigMap)
    Name:      billing-cfg
    Optional:  true
  tls:
    Type:        Secret (a volume populated by a Secret)
    SecretName:  billing-tls
    Optional:    false
  scratch:
    Type:       EmptyDir (a temporary directory that shares a pod's lifetime)
    Medium:     Memory
    SizeLimit:  1Gi
  logs:
    Type:          HostPath (bare host directory volume)
    Path:          /var/log
    HostPathType:  Directory
  kube-api-access-x7x7x:
    Type:                    Projected (a volume that contains injected data from multiple sources)
    TokenExpirationSeconds:  3607
    ConfigMapName:           kube-root-ca.crt
    ConfigMapOptional:       <nil>
    DownwardAPI:             true
QoS Class:                   Burstable
Node-Selectors:              disk=ssd
                             zone=eu-1
Tolerations:                 dedicated=ledger:NoSchedule
                             node.kubernetes.io/not-ready:NoExecute op=Exists for 300s
Events:
  Type     Reason     Age                    From               Message
  ----     ------     ----                   ----               -------
  Normal   Scheduled  29m                    default-scheduler  Successfully assigned ledger/billing-7c9d5b8f44-kx2lp to node-b
  Warning  BackOff    2m9s (x9 over 20m)     kubelet            Back-off restarting failed container app in pod billing
"""


def test_a_described_pod_is_the_pod_that_the_api_would_return() -> None:
    pod = only("kubectl describe pod billing-7c9d5b8f44-kx2lp -n ledger", CRASHING, "Pod")
    assert pod["metadata"] == {
        "name": "billing-7c9d5b8f44-kx2lp",
        "namespace": "ledger",
        "labels": {"app": "billing", "pod-template-hash": "7c9d5b8f44"},
        "annotations": {"example.org/build": "17", "example.org/note": '{"by":"ci"}'},
        "ownerReferences": [
            {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "billing-7c9d5b8f44", "controller": True}
        ],
    }
    spec = pod["spec"]
    assert isinstance(spec, dict)
    assert spec == {
        "containers": [
            {
                "name": "app",
                "image": "registry.example:5000/billing:9",
                "ports": [
                    {"containerPort": 8080, "protocol": "TCP"},
                    {"containerPort": 9090, "protocol": "UDP", "hostPort": 9090},
                ],
                "args": ["--listen=:8080"],
                "resources": {
                    "limits": {"cpu": "500m", "memory": "64Mi"},
                    "requests": {"cpu": "100m", "memory": "64Mi"},
                },
                "livenessProbe": {
                    "httpGet": {"path": "/healthz", "port": "web", "scheme": "HTTPS"},
                    "initialDelaySeconds": 5,
                    "timeoutSeconds": 2,
                    "periodSeconds": 11,
                    "successThreshold": 1,
                    "failureThreshold": 4,
                },
                "readinessProbe": {
                    "grpc": {"port": 8080},
                    "initialDelaySeconds": 0,
                    "timeoutSeconds": 1,
                    "periodSeconds": 10,
                    "successThreshold": 1,
                    "failureThreshold": 3,
                },
                "startupProbe": {
                    "exec": {"command": ["cat", "/tmp/started"]},  # noqa: S108 - a probe's argument
                    "initialDelaySeconds": 0,
                    "timeoutSeconds": 1,
                    "periodSeconds": 10,
                    "successThreshold": 1,
                    "failureThreshold": 30,
                },
                "envFrom": [
                    {"configMapRef": {"name": "billing-settings"}},
                    {"secretRef": {"name": "billing-extra", "optional": True}, "prefix": "X_"},
                ],
                "env": [
                    {"name": "DB_HOST", "value": "db.ledger.svc:5432"},
                    {"name": "DB_PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}},
                    {
                        "name": "MODE",
                        "valueFrom": {"configMapKeyRef": {"name": "billing-cfg", "key": "mode", "optional": True}},
                    },
                    {"name": "POD_IP", "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "status.podIP"}}},
                    {"name": "CPUS", "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu"}}},
                    {"name": "EMPTY", "value": ""},
                    {"name": "BANNER", "value": "first line\nsecond: line"},
                ],
                "volumeMounts": [
                    {"mountPath": "/data", "name": "store"},
                    {
                        "mountPath": "/etc/billing/app.yaml",
                        "name": "settings",
                        "readOnly": True,
                        "subPath": "app.yaml",
                    },
                ],
            }
        ],
        "initContainers": [
            {
                "name": "migrate",
                "image": "registry.example/migrate:4",
                "command": ["sh", "-c", "set -e\n./migrate up"],
                "resources": {},
            }
        ],
        "serviceAccountName": "biller",
        "priorityClassName": "important",
        "priority": 1000,
        "volumes": [
            {"name": "store", "persistentVolumeClaim": {"claimName": "billing-store"}},
            {"name": "settings", "configMap": {"name": "billing-cfg", "optional": True}},
            {"name": "tls", "secret": {"secretName": "billing-tls"}},
            {"name": "scratch", "emptyDir": {"medium": "Memory", "sizeLimit": "1Gi"}},
            {"name": "logs", "hostPath": {"path": "/var/log", "type": "Directory"}},
            {
                "name": "kube-api-access-x7x7x",
                "projected": {
                    "sources": [
                        {"serviceAccountToken": {"path": "token", "expirationSeconds": 3607}},
                        {"configMap": {"name": "kube-root-ca.crt"}},
                        {"downwardAPI": {}},
                    ]
                },
            },
        ],
        "nodeSelector": {"disk": "ssd", "zone": "eu-1"},
        "tolerations": [
            {"key": "dedicated", "value": "ledger", "effect": "NoSchedule", "operator": "Equal"},
            {
                "key": "node.kubernetes.io/not-ready",
                "effect": "NoExecute",
                "operator": "Exists",
                "tolerationSeconds": 300,
            },
        ],
        "nodeName": "node-b",
    }
    status = pod["status"]
    assert isinstance(status, dict)
    assert status["phase"] == "Running"
    assert status["hostIP"] == "10.9.8.7"
    assert status["startTime"] == "2026-03-04T11:30:00Z"
    assert status["containerStatuses"] == [
        {
            "name": "app",
            "ready": False,
            "state": {"waiting": {"reason": "CrashLoopBackOff"}},
            "restartCount": 6,
            "lastState": {
                "terminated": {
                    "reason": "OOMKilled",
                    "exitCode": 137,
                    "startedAt": "2026-03-04T11:55:00Z",
                    "finishedAt": "2026-03-04T11:56:10Z",
                }
            },
            "containerID": "containerd://bb22",
            "image": "registry.example:5000/billing:9",
            "imageID": "registry.example:5000/billing@sha256:02",
        }
    ]
    assert Pod(pod).condition("Ready") == {"type": "Ready", "status": "False"}


def test_events_below_a_description_are_about_the_pod_and_dated_back_from_the_printing() -> None:
    cluster = snapshot(("kubectl describe pod billing-7c9d5b8f44-kx2lp -n ledger", CRASHING))
    events = [raw for raw in cluster.objects if raw["kind"] == "Event"]
    backoff = next(event for event in events if event["reason"] == "BackOff")
    assert backoff["involvedObject"] == {
        "kind": "Pod",
        "name": "billing-7c9d5b8f44-kx2lp",
        "namespace": "ledger",
        "apiVersion": "v1",
    }
    assert (backoff["type"], backoff["count"], backoff["source"]) == ("Warning", 9, {"component": "kubelet"})
    assert (backoff["firstTimestamp"], backoff["lastTimestamp"]) == ("2026-03-04T11:40:00Z", "2026-03-04T11:57:51Z")
    assert backoff["message"] == "Back-off restarting failed container app in pod billing"
    assert len(events) == 2
    assert cluster.covers("Event", "ledger", "Pod/billing-7c9d5b8f44-kx2lp")
    assert not cluster.covers("Event", "ledger")
    assert not cluster.covers("Pod", "ledger")


def test_an_event_message_that_runs_on_keeps_its_lines() -> None:
    text = """\
        Name:         web
        Namespace:    shop
        Node:         <none>
        Status:       Pending
        Containers:
          c:
            Image:  nginx
        Events:
          Type     Reason   Age        From     Message
          ----     ------   ----       ----     -------
          Warning  Failed   <unknown>           first part
        second part
          Normal   Pulling  5s         kubelet  Pulling image "nginx"
        """
    events = [raw for raw in read("kubectl describe pod web -n shop", text) if raw["kind"] == "Event"]
    failed = next(event for event in events if event["reason"] == "Failed")
    assert failed["message"] == "first part\nsecond part"
    assert "lastTimestamp" not in failed
    assert len(events) == 2


def test_a_terminating_pod_has_a_deletion_timestamp_and_no_phase_of_that_name() -> None:
    text = """\
        Name:                      web
        Namespace:                 shop
        Node:                      n1/10.0.0.1
        Status:                    Terminating (lasts 5m)
        Termination Grace Period:  30s
        Containers:
          c:
            Image:  nginx
        """
    pod = Pod(only("kubectl describe pod web -n shop", text, "Pod"))
    assert pod.terminating
    assert pod.phase == ""


def test_a_pending_pod_has_no_node() -> None:
    text = "Name: web\nNamespace: shop\nNode: <none>\nStatus: Pending\nContainers:\n  c:\n    Image: nginx\nEvents: <none>\n"
    cluster = snapshot(("kubectl describe po web -n shop", text))
    assert Pod(cluster.objects[0]).node_name == ""
    assert cluster.covers("Event", "shop", "Pod/web")


@pytest.mark.parametrize("line", ["", ":::", "Name", "Containers:\n  :\n    State: Sleeping\n", "Volumes:\n  - a: b"])
def test_garbage_never_raises(line: str) -> None:
    read("kubectl describe pod x", f"Name: x\nNode: y\n{line}\nEvents:\n{line}\n")


def test_a_script_below_args_belongs_to_the_shell_that_command_names() -> None:
    text = """\
        Name:         web
        Namespace:    shop
        Node:         n1/10.0.0.1
        Status:       Running
        Containers:
          c:
            Image:  nginx
            Command:
              bash
              -c
            Args:
              set -e
              exec web
        """
    (container,) = Pod(only("kubectl describe pod web -n shop", text, "Pod")).containers
    assert container.command == ["bash", "-c", "set -e\nexec web"]
