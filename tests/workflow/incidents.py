"""Incidents that tests take through the graph."""

from __future__ import annotations

SELECTS_NOTHING = """
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: website}}
  template:
    metadata: {labels: {app: website}}
    spec: {containers: [{name: web, image: nginx, ports: [{containerPort: 80}]}]}
status: {replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1}
---
kind: Pod
metadata:
  name: web-0
  labels: {app: website}
  ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, controller: true}]
spec: {containers: [{name: web, image: nginx, ports: [{containerPort: 80}]}]}
status: {phase: Running, conditions: [{type: Ready, status: "True"}]}
---
kind: Endpoints
metadata: {name: web}
"""
"""A Service whose selector fits no Pod: `app: web`, where the Pods carry `app: website`."""
