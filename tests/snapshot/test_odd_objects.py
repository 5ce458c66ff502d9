"""One odd object never breaks a picture, whatever is wrong with it."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cluster_doctor.domain.incident import Incident
from cluster_doctor.inference.diagnose import diagnose
from cluster_doctor.rules.catalogue import all_rules
from cluster_doctor.rules.engine import run_rules
from cluster_doctor.rules.example import NOW
from cluster_doctor.snapshot.builder import SnapshotBuilder
from cluster_doctor.snapshot.file import read_snapshot, snapshot_bytes
from cluster_doctor.snapshot.kinds import KINDS
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.yaml_text import load_yaml

STATE = """
{apiVersion: v1, kind: Namespace, metadata: {name: shop, uid: n1}, status: {phase: Active}}
---
apiVersion: v1
kind: Node
metadata: {name: worker-1, labels: {kubernetes.io/hostname: worker-1}}
spec: {taints: [{key: dedicated, value: db, effect: NoSchedule}]}
status:
  conditions: [{type: Ready, status: "True", lastHeartbeatTime: "2026-01-01T11:59:30Z"}]
  allocatable: {cpu: "4", memory: 16Gi, pods: "110"}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop, uid: d1, generation: 1, labels: {app: web}}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      serviceAccountName: web
      nodeSelector: {kubernetes.io/hostname: worker-1}
      tolerations: [{key: dedicated, operator: Exists}]
      affinity:
        nodeAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
            nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [worker-1]}]}]
        podAntiAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
          - {labelSelector: {matchLabels: {app: db}}, topologyKey: kubernetes.io/hostname}
      imagePullSecrets: [{name: regcred}]
      containers:
      - name: web
        image: registry.example/web:1.0
        ports: [{name: http, containerPort: 8080}]
        env:
        - {name: MODE, valueFrom: {configMapKeyRef: {name: settings, key: mode}}}
        - {name: PASSWORD, valueFrom: {secretKeyRef: {name: db, key: password}}}
        - {name: DB, value: "db.shop:5432"}
        resources: {requests: {cpu: 100m, memory: 64Mi}, limits: {cpu: "1", memory: 128Mi}}
        livenessProbe: {httpGet: {path: /, port: http}, periodSeconds: 10}
        readinessProbe: {tcpSocket: {port: 8080}}
        volumeMounts: [{name: data, mountPath: /data}]
      volumes: [{name: data, persistentVolumeClaim: {claimName: data}}, {name: c, configMap: {name: settings}}]
status:
  {replicas: 1, readyReplicas: 1, availableReplicas: 1, updatedReplicas: 1, observedGeneration: 1,
   conditions: [{type: Available, status: "True", lastTransitionTime: "2026-01-01T10:00:00Z"}]}
---
apiVersion: apps/v1
kind: ReplicaSet
metadata:
  {name: web-5d4f, namespace: shop, labels: {app: web, pod-template-hash: 5d4f},
   ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, uid: d1, controller: true}]}
spec: {replicas: 1, selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: SPEC}}
status: {replicas: 1, readyReplicas: 1}
---
apiVersion: v1
kind: Pod
metadata:
  {name: web-5d4f-x1, namespace: shop, labels: {app: web, pod-template-hash: 5d4f},
   creationTimestamp: "2026-01-01T10:00:00Z",
   ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web-5d4f, controller: true}]}
spec: SPEC
status:
  phase: Running
  podIP: 10.1.0.4
  conditions: [{type: Ready, status: "True"}, {type: PodScheduled, status: "True"}]
  containerStatuses:
  - {name: web, ready: true, restartCount: 1, state: {running: {startedAt: "2026-01-01T10:00:05Z"}},
     lastState: {terminated: {reason: Completed, exitCode: 0, finishedAt: "2026-01-01T10:00:01Z"}}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, clusterIP: 10.0.0.7, ports: [{name: http, port: 80, targetPort: http}]}
---
apiVersion: v1
kind: Endpoints
metadata: {name: web, namespace: shop}
subsets: [{addresses: [{ip: 10.1.0.4, targetRef: {kind: Pod, name: web-5d4f-x1}}], ports: [{name: http, port: 8080}]}]
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: web-1, namespace: shop, labels: {kubernetes.io/service-name: web}}
endpoints: [{addresses: [10.1.0.4], conditions: {ready: true}, targetRef: {kind: Pod, name: web-5d4f-x1}}]
ports: [{name: http, port: 8080}]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: shop}
spec:
  ingressClassName: nginx
  rules: [{host: shop.example, http: {paths: [{path: /, backend: {service: {name: web, port: {name: http}}}}]}}]
---
{apiVersion: networking.k8s.io/v1, kind: IngressClass, metadata: {name: nginx},
 spec: {controller: k8s.io/ingress-nginx}}
---
{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: all, namespace: shop},
 spec: {podSelector: {}, policyTypes: [Ingress], ingress: [{from: [{podSelector: {}}], ports: [{port: 8080}]}]}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: settings, namespace: shop}, data: {mode: fast}}
---
{apiVersion: v1, kind: Secret, metadata: {name: db, namespace: shop}, type: Opaque, data: {password: aHVudGVyMg==}}
---
{apiVersion: v1, kind: Secret, metadata: {name: regcred, namespace: shop}, type: kubernetes.io/dockerconfigjson,
 data: {.dockerconfigjson: eyJhdXRocyI6e319}}
---
{apiVersion: v1, kind: ServiceAccount, metadata: {name: web, namespace: shop}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data, namespace: shop}
spec: {storageClassName: fast, accessModes: [ReadWriteOnce], volumeName: pv-1, resources: {requests: {storage: 1Gi}}}
status: {phase: Bound, capacity: {storage: 1Gi}}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: pv-1}
spec: {storageClassName: fast, accessModes: [ReadWriteOnce], capacity: {storage: 1Gi},
  claimRef: {namespace: shop, name: data}}
status: {phase: Bound}
---
{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: fast}, provisioner: csi.example}
---
{apiVersion: v1, kind: ResourceQuota, metadata: {name: q, namespace: shop}, spec: {hard: {pods: "10"}},
 status: {hard: {pods: "10"}, used: {pods: "1"}}}
---
{apiVersion: v1, kind: LimitRange, metadata: {name: l, namespace: shop},
 spec: {limits: [{type: Container, max: {cpu: "2"}, min: {cpu: 10m}, default: {cpu: "1"}}]}}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web, namespace: shop}
spec:
  {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}, minReplicas: 1, maxReplicas: 3,
   metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}}]}
status:
  {currentReplicas: 1, desiredReplicas: 1, conditions: [{type: ScalingActive, status: "True"}],
   currentMetrics: [{type: Resource, resource: {name: cpu, current: {averageUtilization: 10}}}]}
---
{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: web, namespace: shop},
 spec: {maxUnavailable: 1, selector: {matchLabels: {app: web}}}, status: {disruptionsAllowed: 1, expectedPods: 1}}
---
{apiVersion: batch/v1, kind: CronJob, metadata: {name: nightly, namespace: shop},
 spec: {schedule: "0 3 * * *", jobTemplate: {spec: {template: {spec: SPEC}}}},
 status: {lastScheduleTime: "2026-01-01T03:00:00Z"}}
---
{apiVersion: batch/v1, kind: Job, metadata: {name: nightly-1, namespace: shop},
 spec: {completions: 1, backoffLimit: 6, template: {metadata: {labels: {job: n}}, spec: SPEC}},
 status: {succeeded: 1, conditions: [{type: Complete, status: "True"}], completionTime: "2026-01-01T03:01:00Z"}}
---
{apiVersion: v1, kind: Service, metadata: {name: db, namespace: shop},
 spec: {type: ExternalName, externalName: db.example.com}}
---
{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: db, namespace: shop},
 spec: {replicas: 0, serviceName: db, selector: {matchLabels: {app: db}},
 template: {metadata: {labels: {app: db}}, spec: SPEC},
 volumeClaimTemplates: [{metadata: {name: data}, spec: {storageClassName: fast}}]}, status: {replicas: 0}}
---
{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: agent, namespace: shop},
 spec: {selector: {matchLabels: {app: agent}}, template: {metadata: {labels: {app: agent}}, spec: SPEC}},
 status: {desiredNumberScheduled: 0, numberReady: 0}}
---
{apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingWebhookConfiguration, metadata: {name: check},
 webhooks: [{name: check.example, failurePolicy: Ignore,
 clientConfig: {service: {name: web, namespace: shop, port: 80}},
 rules: [{operations: [CREATE], apiGroups: [""], apiVersions: [v1], resources: [pods]}]}]}
---
{apiVersion: apiregistration.k8s.io/v1, kind: APIService, metadata: {name: v1.example},
 spec: {service: {name: web, namespace: shop}}, status: {conditions: [{type: Available, status: "True"}]}}
---
{apiVersion: example.dev/v1, kind: Widget, metadata: {name: w, namespace: shop},
 status: {conditions: [{type: Ready, status: "True"}]}}
---
{apiVersion: argoproj.io/v1alpha1, kind: Application, metadata: {name: shop, namespace: argocd},
 spec: {source: {repoURL: "https://git.example/shop"}}, status: {sync: {status: Synced}, health: {status: Healthy}}}
---
apiVersion: v1
kind: Event
metadata: {name: web.1, namespace: shop, creationTimestamp: "2026-01-01T10:00:00Z"}
involvedObject: {apiVersion: v1, kind: Pod, name: web-5d4f-x1, namespace: shop}
reason: FailedScheduling
type: Warning
message: "0/1 nodes are available: 1 Insufficient cpu."
count: 3
lastTimestamp: "2026-01-01T10:00:00Z"
source: {component: default-scheduler}
"""


def _filled(value: Any, spec: Any) -> Any:
    """Put the Deployment's Pod specification where `SPEC` stands."""
    if isinstance(value, dict):
        return {key: _filled(member, spec) for key, member in value.items()}
    if isinstance(value, list):
        return [_filled(member, spec) for member in value]
    return copy.deepcopy(spec) if value == "SPEC" else value


def _healthy() -> list[dict[str, Any]]:
    state: list[Any] = list(load_yaml(STATE))
    spec = next(raw for raw in state if raw["kind"] == "Deployment")["spec"]["template"]["spec"]
    filled: list[dict[str, Any]] = _filled(state, spec)
    next(raw for raw in filled if raw["kind"] == "Pod")["spec"]["nodeName"] = "worker-1"
    return filled


HEALTHY = _healthy()

ODD: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, False, 0, -1, 10**30, 1.5, "", "x", "\u202e\x00", "9" * 400, "0001-01-01T00:00:00Z",
     "9999-12-31T23:59:59Z", [], [None], [[]], ["x"], [{}], {}, {"x": None}, {"": {}}, {"name": []}]
)  # fmt: skip


def places(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every place in a document."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, member in inner for place in places(member, (*path, key)))]


PLACES = [(number, path) for number, raw in enumerate(HEALTHY) for path in places(raw) if path]


def picture(state: list[Any]) -> ClusterSnapshot:
    builder = SnapshotBuilder("a test")
    builder.taken_at = NOW
    builder.add_all(state)
    for kind in (*(known.kind for known in KINDS), "Widget", "Application", "Log"):
        builder.cover(kind)
    return builder.build()


def _has(here: Any, step: str | int) -> bool:
    if isinstance(step, int):
        return isinstance(here, list) and step < len(here)
    return isinstance(here, dict) and step in here


def corrupted(damage: list[tuple[tuple[int, tuple[str | int, ...]], object]]) -> list[Any]:
    state = copy.deepcopy(HEALTHY)
    for (number, path), odd in damage:
        here: Any = state[number]
        for step in path[:-1]:
            here = here[step] if _has(here, step) else None
        if _has(here, path[-1]):
            here[path[-1]] = odd
    return state


def test_the_state_is_healthy() -> None:
    assert diagnose(picture(HEALTHY), Incident()).root_causes == ()


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.sampled_from(PLACES), ODD), min_size=1, max_size=12))
def test_fields_of_any_type_break_no_rule(damage: list[tuple[tuple[int, tuple[str | int, ...]], object]]) -> None:
    cluster = picture(corrupted(damage))
    results = run_rules(all_rules(), cluster)
    assert len(results.verdicts) == len(all_rules())
    diagnose(cluster, Incident()).model_dump_json()
    assert snapshot_bytes(read_snapshot(snapshot_bytes(cluster))) == snapshot_bytes(cluster)
    assert len(cluster.objects) + len(cluster.unparsed) >= len(HEALTHY) - len(damage)
