# ruff: noqa: E501 - what kubectl prints is as wide as it is, and padded
"""`kubectl describe` of objects that make Pods."""

from __future__ import annotations

from pydantic import JsonValue

from cluster_doctor.snapshot.paths import dig
from cluster_doctor.snapshot.views import Deployment
from terminal.reading import only, read, snapshot

DEPLOYMENT = """\
Name:                   basket
Namespace:              shop
CreationTimestamp:      Wed, 04 Mar 2026 10:00:00 +0000
Labels:                 app=basket
Annotations:            deployment.kubernetes.io/revision: 2
Selector:               app=basket,tier in (back,front)
Replicas:               3 desired | 2 updated | 4 total | 1 available | 3 unavailable
StrategyType:           RollingUpdate
MinReadySeconds:        5
RollingUpdateStrategy:  25% max unavailable, 1 max surge
Pod Template:
  Labels:           app=basket
                    tier=back
  Annotations:      example.org/checksum: 11
  Service Account:  basket
  Containers:
   app:
    Image:      registry.example/basket:2
    Port:       7070/TCP
    Host Port:  0/TCP
    Requests:
      cpu:        200m
    Environment:  <none>
    Mounts:       <none>
  Volumes:         <none>
  Node-Selectors:  pool=fast
  Tolerations:     <none>
Conditions:
  Type           Status  Reason
  ----           ------  ------
  Available      False   MinimumReplicasUnavailable
  Progressing    True    ReplicaSetUpdated
OldReplicaSets:  basket-aaa (2/2 replicas created)
NewReplicaSet:   basket-bbb (2/2 replicas created)
Events:          <none>
"""


def test_a_described_deployment_has_counts_strategy_selector_and_template() -> None:
    found = only("kubectl describe deploy basket -n shop", DEPLOYMENT, "Deployment")
    assert found["spec"] == {
        "replicas": 3,
        "minReadySeconds": 5,
        "selector": {
            "matchLabels": {"app": "basket"},
            "matchExpressions": [{"key": "tier", "operator": "In", "values": ["back", "front"]}],
        },
        "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "25%", "maxSurge": 1}},
        "template": {
            "metadata": {
                "labels": {"app": "basket", "tier": "back"},
                "annotations": {"example.org/checksum": "11"},
            },
            "spec": {
                "serviceAccountName": "basket",
                "containers": [
                    {
                        "name": "app",
                        "image": "registry.example/basket:2",
                        "ports": [{"containerPort": 7070, "protocol": "TCP"}],
                        "resources": {"requests": {"cpu": "200m"}},
                    }
                ],
                "nodeSelector": {"pool": "fast"},
            },
        },
    }
    assert found["status"] == {
        "replicas": 4,
        "updatedReplicas": 2,
        "availableReplicas": 1,
        "unavailableReplicas": 3,
        "readyReplicas": 1,
        "conditions": [
            {"type": "Available", "status": "False", "reason": "MinimumReplicasUnavailable"},
            {"type": "Progressing", "status": "True", "reason": "ReplicaSetUpdated"},
        ],
    }
    assert dig(found, "metadata", "creationTimestamp") == "2026-03-04T10:00:00Z"


def test_the_ready_count_of_the_list_beats_the_guess_from_the_description() -> None:
    row = """\
        NAME     READY   UP-TO-DATE   AVAILABLE   AGE
        basket   2/3     2            1           2h
        """
    for order in (1, -1):
        commands = [("kubectl get deploy -n shop", row), ("kubectl describe deploy basket -n shop", DEPLOYMENT)]
        cluster = snapshot(*commands[::order])
        assert [Deployment(raw).ready_replicas for raw in cluster.objects] == [2]


def test_a_described_stateful_set_has_its_claim_templates() -> None:
    text = """\
        Name:               queue
        Namespace:          shop
        CreationTimestamp:  Wed, 04 Mar 2026 10:00:00 +0000
        Selector:           app=queue
        Labels:             <none>
        Annotations:        <none>
        Replicas:           3 desired | 2 total
        Update Strategy:    RollingUpdate
          Partition:        1
        Pods Status:        1 Running / 1 Waiting / 0 Succeeded / 0 Failed
        Pod Template:
          Labels:  app=queue
          Containers:
           broker:
            Image:        queue:1
            Environment:  <none>
            Mounts:
              /data from data (rw)
          Volumes:  <none>
        Volume Claims:
          Name:          data
          StorageClass:  fast
          Labels:        <none>
          Annotations:   <none>
          Capacity:      5Gi
          Access Modes:  [ReadWriteOnce]
        Events:          <none>
        """
    found = only("kubectl describe sts queue -n shop", text, "StatefulSet")
    assert dig(found, "spec", "volumeClaimTemplates") == [
        {
            "metadata": {"name": "data"},
            "spec": {
                "storageClassName": "fast",
                "resources": {"requests": {"storage": "5Gi"}},
                "accessModes": ["ReadWriteOnce"],
            },
        }
    ]
    assert dig(found, "spec", "replicas") == 3
    assert dig(found, "spec", "updateStrategy") == {"type": "RollingUpdate", "rollingUpdate": {"partition": 1}}
    assert found["status"] == {"replicas": 2, "readyReplicas": 1}


def test_a_described_replica_set_belongs_to_its_deployment() -> None:
    text = """\
        Name:           basket-bbb
        Namespace:      shop
        Selector:       app=basket,pod-template-hash=bbb
        Labels:         app=basket
        Annotations:    deployment.kubernetes.io/revision: 2
        Controlled By:  Deployment/basket
        Replicas:       0 current / 2 desired
        Pods Status:    0 Running / 0 Waiting / 0 Succeeded / 0 Failed
        Pod Template:
          Labels:  app=basket
          Containers:
           app:
            Image:  basket:2
        Conditions:
          Type             Status  Reason
          ----             ------  ------
          ReplicaFailure   True    FailedCreate
        Events:
          Type     Reason        Age                 From                   Message
          ----     ------        ----                ----                   -------
          Warning  FailedCreate  3s (x12 over 13s)   replicaset-controller  Error creating: pods "basket-bbb-" is forbidden
        """
    cluster = snapshot(("kubectl describe rs basket-bbb -n shop", text))
    found = next(raw for raw in cluster.objects if raw["kind"] == "ReplicaSet")
    owners: JsonValue = [{"apiVersion": "apps/v1", "kind": "Deployment", "name": "basket", "controller": True}]
    assert dig(found, "metadata", "ownerReferences") == owners
    assert found["status"] == {
        "replicas": 0,
        "readyReplicas": 0,
        "conditions": [{"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate"}],
    }
    assert [raw["count"] for raw in cluster.objects if raw["kind"] == "Event"] == [12]


def test_a_described_daemon_set_counts_nodes() -> None:
    text = """\
        Name:           agent
        Selector:       app=agent
        Node-Selector:  disk=ssd
        Labels:         <none>
        Annotations:    deprecated.daemonset.template.generation: 1
        Desired Number of Nodes Scheduled: 4
        Current Number of Nodes Scheduled: 3
        Number of Nodes Scheduled with Up-to-date Pods: 3
        Number of Nodes Scheduled with Available Pods: 2
        Number of Nodes Misscheduled: 0
        Pods Status:  3 Running / 1 Waiting / 0 Succeeded / 0 Failed
        Pod Template:
          Labels:  app=agent
          Containers:
           agent:
            Image:  agent:1
        Events:  <none>
        """
    found = only("kubectl describe ds agent -n ops", text, "DaemonSet")
    assert found["status"] == {
        "desiredNumberScheduled": 4,
        "currentNumberScheduled": 3,
        "updatedNumberScheduled": 3,
        "numberAvailable": 2,
        "numberMisscheduled": 0,
        "numberReady": 2,
    }
    assert dig(found, "metadata", "namespace") == "ops"


def test_described_jobs_and_cron_jobs() -> None:
    job = """\
        Name:             import
        Namespace:        batch
        Selector:         batch.kubernetes.io/controller-uid=1
        Labels:           <none>
        Annotations:      <none>
        Parallelism:      1
        Completions:      2
        Completion Mode:  NonIndexed
        Suspend:          false
        Backoff Limit:    4
        Start Time:       Wed, 04 Mar 2026 11:00:00 +0000
        Active Deadline Seconds:  600s
        Pods Statuses:    1 Active (1 Ready) / 0 Succeeded / 3 Failed
        Pod Template:
          Labels:  job-name=import
          Containers:
           run:
            Image:  import:1
        """
    cron = """\
        Name:                          nightly
        Namespace:                     batch
        Labels:                        <none>
        Annotations:                   <none>
        Schedule:                      0 2 * * *
        Concurrency Policy:            Forbid
        Suspend:                       True
        Successful Job History Limit:  3
        Failed Job History Limit:      1
        Starting Deadline Seconds:     <unset>
        Selector:                      <unset>
        Parallelism:                   <unset>
        Completions:                   <unset>
        Pod Template:
          Labels:  <none>
          Containers:
           run:
            Image:         nightly:1
        Last Schedule Time:  Wed, 04 Mar 2026 02:00:00 +0000
        Active Jobs:         nightly-1, nightly-2
        Events:              <none>
        """
    found = only("kubectl describe job import -n batch", job, "Job")
    assert found["status"] == {
        "startTime": "2026-03-04T11:00:00Z", "active": 1, "succeeded": 0, "failed": 3, "ready": 1,
    }  # fmt: skip
    assert dig(found, "spec", "backoffLimit") == 4
    assert dig(found, "spec", "activeDeadlineSeconds") == 600
    assert dig(found, "spec", "suspend") is None
    found = only("kubectl describe cronjob nightly -n batch", cron, "CronJob")
    assert dig(found, "spec", "suspend") is True
    assert dig(found, "spec", "schedule") == "0 2 * * *"
    assert dig(found, "spec", "startingDeadlineSeconds") is None
    assert dig(found, "spec", "jobTemplate", "spec", "template", "spec", "containers", 0, "image") == "nightly:1"
    assert dig(found, "status", "lastScheduleTime") == "2026-03-04T02:00:00Z"
    assert dig(found, "status", "active", 1, "name") == "nightly-2"


def test_several_descriptions_in_one_output_are_several_objects() -> None:
    one = "Name:       {}\nNamespace:  shop\nNode:       n1/10.0.0.1\nStatus:     Running\nContainers:\n  c:\n    Image:  i\nEvents:       <none>\n"
    text = f"{one.format('web-0')}\n\n{one.format('web-1')}"
    names = [dig(raw, "metadata", "name") for raw in read("kubectl describe pods -n shop", text)]
    assert names == ["web-0", "web-1"]
