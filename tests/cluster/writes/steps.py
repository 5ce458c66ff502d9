"""One example of every step type: what is there, what is to change, and what else it takes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from cluster.definitions import definition
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.domain.remediation import RemediationStep, Risk, Route
from cluster_doctor.domain.steps import FieldEdit, StepType, Verb

Json = dict[str, Any]
SPACE = "writes"
LABELS = {"app": "web"}
PROBE = {"httpGet": {"path": "/healthz", "port": 8081}}
CONTAINERS = [
    {"name": "side", "image": "registry.example.com/side:1"},
    {
        "name": "web",
        "image": "registry.example.com/web:1",
        "env": [{"name": "MODE", "value": "fast"}, {"name": "DB_HOST", "value": "db-old"}],
        "readinessProbe": PROBE,
        "resources": {"limits": {"memory": "64Mi"}},
    },
]
TEMPLATE: Json = {"metadata": {"labels": LABELS}, "spec": {"containers": CONTAINERS}}
IN_POD = ("spec", "template", "spec")
WEB = (*IN_POD, "containers", "[name=web]")


@dataclass(frozen=True)
class Example:
    """One step and the object that it changes."""

    type: StepType
    manifest: Json
    edits: tuple[FieldEdit, ...] = ()
    verb: Verb = Verb.PATCH
    others: tuple[Json, ...] = ()
    made: Json | None = None
    name: str = field(default="")

    @property
    def target(self) -> ObjectRef:
        """The object that changes."""
        about = self.made or self.manifest
        return ObjectRef(
            kind=about["kind"],
            name=about["metadata"]["name"],
            namespace=None if about["kind"] == "Node" else SPACE,
            api_version=about["apiVersion"],
        )

    @property
    def step(self) -> RemediationStep:
        """The step, as a planner writes it."""
        return RemediationStep(
            title=self.type.value,
            type=self.type,
            verb=self.verb,
            route=Route.CLUSTER,
            target=self.target,
            risk=Risk.LOW,
            precondition="",
            instruction="",
            undo="",
            check="",
            edits=self.edits,
            manifest=self.made,
        )


def _of(kind: str, version: str, name: str, **rest: object) -> Json:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name}, **rest}


def deployment(name: str, **spec: object) -> Json:
    """A Deployment with two containers."""
    whole = {"replicas": 1, "selector": {"matchLabels": LABELS}, "template": TEMPLATE, **spec}
    return _of("Deployment", "apps/v1", name, spec=whole)


def _edit(*path: str, was: Any = None, becomes: Any = None) -> FieldEdit:
    return FieldEdit(path=path, was=was, becomes=becomes)


JOB = {"template": {"spec": {"restartPolicy": "Never", "containers": CONTAINERS[:1]}}}
CRON = {"schedule": "0 3 * * *", "jobTemplate": {"spec": JOB}}
PORTS = [{"name": "http", "port": 80, "targetPort": 8080}, {"name": "dns", "port": 53, "protocol": "UDP"}]
ARGO, FLUX = "argoproj.io/v1alpha1", "kustomize.toolkit.fluxcd.io/v1"
DEFINITIONS = (
    definition("Application", "applications", "argoproj.io"),
    definition("Kustomization", "kustomizations", "kustomize.toolkit.fluxcd.io", "v1"),
)
SOURCE = {"repoURL": "https://git.example.com/shop/deploy", "path": "web", "targetRevision": "v2"}
SYNC = {"initiatedBy": {"username": "cluster-doctor"}, "sync": {"revision": "v2", "syncStrategy": {"hook": {}}}}
EXAMPLES = (
    Example(
        StepType.ROLL_BACK, deployment("roll-back"),
        (_edit(*WEB, "image", was="registry.example.com/web:1", becomes="registry.example.com/web:0"),
         _edit(*WEB, "env", "[name=MODE]", was={"name": "MODE", "value": "fast"})),
    ),
    Example(
        StepType.RESTART, deployment("restart"),
        (_edit("spec", "template", "metadata", "annotations", "kubectl.kubernetes.io/restartedAt", becomes="now"),),
    ),
    Example(
        StepType.SET_IMAGE, deployment("set-image"),
        (_edit(*WEB, "image", was="registry.example.com/web:1", becomes="registry.example.com/web:2"),),
    ),
    Example(
        StepType.SET_RESOURCES, deployment("set-resources"),
        (_edit(*WEB, "resources", "limits", "memory", was="64Mi", becomes="128Mi"),
         _edit(*WEB, "resources", "requests", "cpu", becomes="100m")),
    ),
    Example(StepType.SCALE, deployment("scale", replicas=0), (_edit("spec", "replicas", was=0, becomes=2),)),
    Example(
        StepType.PATCH_PROBE, deployment("patch-probe"),
        (_edit(*WEB, "readinessProbe", "httpGet", "port", was=8081, becomes=8080),),
    ),
    Example(
        StepType.PATCH_SELECTOR,
        _of("Service", "v1", "patch-selector", spec={"selector": {"app": "site", "tier": "x"}, "ports": PORTS}),
        (_edit("spec", "selector", "app", was="site", becomes="web"), _edit("spec", "selector", "tier", was="x")),
    ),
    Example(
        StepType.PATCH_PORT, _of("Service", "v1", "patch-port", spec={"selector": LABELS, "ports": PORTS}),
        (_edit("spec", "ports", "[port=80,protocol=TCP]", "targetPort", was=8080, becomes="http"),),
    ),
    Example(
        StepType.PATCH_ENV, deployment("patch-env"),
        (_edit(*WEB, "env", "[name=DB_HOST]", "value", was="db-old", becomes="db"),
         _edit(*WEB, "env", "[name=DB_PORT]", "value", becomes="3306")),
    ),
    Example(
        StepType.PATCH_TOLERATION, deployment("patch-toleration"),
        (_edit(*IN_POD, "tolerations", becomes=[{"key": "dedicated", "operator": "Exists", "effect": "NoSchedule"}]),),
    ),
    Example(
        StepType.PATCH_AFFINITY, deployment("patch-affinity"),
        (_edit(*IN_POD, "nodeSelector", becomes={"kubernetes.io/os": "linux"}),),
    ),
    Example(
        StepType.PATCH_ANNOTATION, _of("Service", "v1", "patch-annotation", spec={"ports": PORTS}),
        (_edit("metadata", "annotations", "example.com/class", becomes="internal"),),
    ),
    Example(
        StepType.CREATE_CONFIG_MAP, {}, verb=Verb.CREATE,
        made={**_of("ConfigMap", "v1", "made"), "metadata": {"name": "made", "namespace": SPACE}, "data": {"a": "1"}},
    ),
    Example(
        StepType.EDIT_CONFIG_MAP, _of("ConfigMap", "v1", "edited", data={"a": "1", "b": "line\nline\n"}),
        (_edit("data", "c", becomes='ü \\ "x"'), _edit("data", "a", was="1")),
    ),
    Example(
        StepType.CREATE_SERVICE_ACCOUNT, {}, verb=Verb.CREATE,
        made={**_of("ServiceAccount", "v1", "bot"), "metadata": {"name": "bot", "namespace": SPACE}},
    ),
    Example(StepType.DELETE_POD, _of("Pod", "v1", "stuck", spec={"containers": CONTAINERS[:1]}), verb=Verb.DELETE),
    Example(StepType.EVICT_POD, _of("Pod", "v1", "moved", spec={"containers": CONTAINERS[:1]}), verb=Verb.EVICT),
    Example(StepType.DELETE_JOB, _of("Job", "batch/v1", "failed", spec=JOB), verb=Verb.DELETE),
    Example(
        StepType.SUSPEND_CRON_JOB, _of("CronJob", "batch/v1", "suspended", spec=CRON),
        (_edit("spec", "suspend", was=False, becomes=True),),
    ),
    Example(
        StepType.RESUME_CRON_JOB, _of("CronJob", "batch/v1", "resumed", spec={**CRON, "suspend": True}),
        (_edit("spec", "suspend", was=True, becomes=False),),
    ),
    Example(
        StepType.CORDON, _of("Node", "v1", "spare-1", spec={"podCIDR": "10.250.1.0/24"}),
        (_edit("spec", "unschedulable", becomes=True),),
    ),
    Example(
        StepType.UNCORDON, _of("Node", "v1", "spare-2", spec={"unschedulable": True}),
        (_edit("spec", "unschedulable", was=True),),
    ),
    Example(
        StepType.EXPAND_CLAIM,
        _of("PersistentVolumeClaim", "v1", "claim", spec={
            "accessModes": ["ReadWriteOnce"], "storageClassName": "grows", "volumeName": "volume",
            "resources": {"requests": {"storage": "1Gi"}},
        }),
        (_edit("spec", "resources", "requests", "storage", was="1Gi", becomes="2Gi"),),
        others=(
            _of("StorageClass", "storage.k8s.io/v1", "grows", provisioner="example.com/d", allowVolumeExpansion=True),
            _of("PersistentVolume", "v1", "volume", spec={
                "capacity": {"storage": "5Gi"}, "accessModes": ["ReadWriteOnce"], "storageClassName": "grows",
                "hostPath": {"path": "/data"},
                "claimRef": {"namespace": SPACE, "name": "claim"},
            }),
        ),
    ),
    Example(
        StepType.ADJUST_QUOTA, _of("ResourceQuota", "v1", "quota", spec={"hard": {"services.loadbalancers": "3"}}),
        (_edit("spec", "hard", "services.loadbalancers", was="3", becomes="5"),),
    ),
    Example(
        StepType.ADJUST_AUTOSCALER,
        _of("HorizontalPodAutoscaler", "autoscaling/v2", "scaler", spec={
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "none"}, "maxReplicas": 3,
        }),
        (_edit("spec", "maxReplicas", was=3, becomes=6),),
    ),
    Example(
        StepType.ARGO_SYNC, _of("Application", ARGO, "synced", spec={"source": SOURCE}),
        (_edit("operation", becomes=SYNC),),
    ),
    Example(
        StepType.ARGO_ROLL_BACK,
        _of("Application", ARGO, "rolled-back", spec={"source": SOURCE, "syncPolicy": {"automated": {"prune": True}}}),
        (_edit("spec", "syncPolicy", "automated", was={"prune": True}), _edit("operation", becomes=SYNC)),
    ),
    Example(
        StepType.FLUX_RECONCILE, _of("Kustomization", FLUX, "reconciled", spec={"path": "./web"}),
        (_edit("metadata", "annotations", "reconcile.fluxcd.io/requestedAt", becomes="2026-05-04T03:02:01Z"),),
    ),
    Example(
        StepType.FLUX_SUSPEND, _of("Kustomization", FLUX, "to-suspend", spec={"path": "./web"}),
        (_edit("spec", "suspend", becomes=True),),
    ),
    Example(
        StepType.FLUX_RESUME, _of("Kustomization", FLUX, "to-resume", spec={"path": "./web", "suspend": True}),
        (_edit("spec", "suspend", was=True, becomes=False),),
    ),
    Example(
        StepType.REMOVE_FINALIZER,
        {"apiVersion": "v1", "kind": "ConfigMap",
         "metadata": {"name": "held", "finalizers": ["example.com/first", "example.com/second"]}},
        (_edit("metadata", "finalizers", was=["example.com/first", "example.com/second"],
               becomes=["example.com/second"]),),
    ),
)  # fmt: skip
