"""Incidents that the rules leave open: programs that end for reasons of their own."""

from __future__ import annotations

ODD_SETTING = """
kind: Deployment
metadata: {name: ledger, uid: d-1, creationTimestamp: "2025-12-01T08:00:00Z"}
spec:
  replicas: 1
  selector: {matchLabels: {app: ledger}}
  template:
    metadata: {labels: {app: ledger}}
    spec:
      containers:
        - name: ledger
          image: registry.example/ledger:1.4.0
          env: [{name: ROUNDING, value: half-evn}, {name: WORKERS, value: "12"}]
status: {replicas: 1, updatedReplicas: 1, unavailableReplicas: 1}
---
kind: ReplicaSet
metadata:
  name: ledger-1
  uid: r-1
  creationTimestamp: "2025-12-01T08:00:00Z"
  annotations: {deployment.kubernetes.io/revision: "1"}
  ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: ledger, uid: d-1, controller: true}]
spec:
  replicas: 0
  template:
    metadata: {labels: {app: ledger}}
    spec:
      containers:
        - name: ledger
          image: registry.example/ledger:1.4.0
          env: [{name: ROUNDING, value: half-even}, {name: WORKERS, value: "12"}]
---
kind: ReplicaSet
metadata:
  name: ledger-2
  uid: r-2
  creationTimestamp: "2026-01-01T11:30:00Z"
  annotations: {deployment.kubernetes.io/revision: "2"}
  ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: ledger, uid: d-1, controller: true}]
spec:
  replicas: 1
  template:
    metadata: {labels: {app: ledger}}
    spec:
      containers:
        - name: ledger
          image: registry.example/ledger:1.4.0
          env: [{name: ROUNDING, value: half-evn}, {name: WORKERS, value: "12"}]
---
kind: Pod
metadata:
  name: ledger-2-x
  labels: {app: ledger}
  creationTimestamp: "2026-01-01T11:30:05Z"
  ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: ledger-2, uid: r-2, controller: true}]
spec:
  nodeName: node-1
  containers:
    - name: ledger
      image: registry.example/ledger:1.4.0
      env: [{name: ROUNDING, value: half-evn}, {name: WORKERS, value: "12"}]
status:
  phase: Running
  conditions: [{type: Ready, status: "False", lastTransitionTime: "2026-01-01T11:31:00Z"}]
  containerStatuses:
    - name: ledger
      ready: false
      restartCount: 9
      state: {waiting: {reason: CrashLoopBackOff, message: back-off 5m0s restarting failed container=ledger}}
      lastState: {terminated: {exitCode: 4, reason: Error, startedAt: "2026-01-01T11:50:00Z",
        finishedAt: "2026-01-01T11:50:01Z"}}
---
kind: Log
subject: Pod/ledger-2-x
container: ledger
lines:
  - "starting ledger 1.4.0 with 12 workers"
  - "fatal: no such rounding half-evn"
---
kind: Event
metadata: {name: e1}
involvedObject: {kind: Pod, name: ledger-2-x, namespace: shop}
type: Warning
reason: BackOff
message: Back-off restarting failed container ledger in pod ledger-2-x
count: 30
firstTimestamp: "2026-01-01T11:31:00Z"
lastTimestamp: "2026-01-01T11:59:00Z"
"""
"""A value that a program does not know, which came with the last rollout; the program says it before it ends."""
