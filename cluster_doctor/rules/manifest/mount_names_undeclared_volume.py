"""A mount of a volume that the Pod template does not have."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.paths import objects, text
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Workload


@rule(Severity.ERROR, subject=Workload)
def mount_names_undeclared_volume(workload: Workload, cluster: ClusterSnapshot) -> Matches:
    """A container mounts a volume that its Pod template does not declare.

    Why it matters:
        The API server refuses the Pods, or the workload itself.

    Fires on:
        kind: Deployment
        metadata: {name: web}
        spec:
          template:
            spec:
              containers:
              - name: app
                volumeMounts: [{name: setings, mountPath: /etc/web}]
              volumes:
              - {name: settings, emptyDir: {}}

    Stays quiet on:
        kind: StatefulSet
        metadata: {name: db}
        spec:
          template:
            spec:
              containers:
              - name: app
                volumeMounts:
                - {name: settings, mountPath: /etc/db}
                - {name: store, mountPath: /var/lib/db}
              volumes:
              - {name: settings, emptyDir: {}}
          volumeClaimTemplates:
          - metadata: {name: store}

    Remedy:
        Declare the volume, or correct the name of the mount.

    References:
        https://kubernetes.io/docs/concepts/storage/volumes/
    """
    if not cluster.is_unapplied:
        return
    template = workload.template
    declared = [text(volume, "name") for _, volume in template.volumes()]
    declared += [text(claim, "metadata", "name") for _, claim in workload.objects("spec", "volumeClaimTemplates")]
    for container in template.containers:
        for position, mount in objects(container.raw, "volumeMounts"):
            name = text(mount, "name")
            if not name or name in declared:
                continue
            yield Match(
                message=f"container {container.name} of {workload.ref} mounts volume {name}; "
                f"its Pod template declares {', '.join(declared) or 'none'}",
                evidence=(
                    workload.cite(f"{container.path}.volumeMounts[{position}]"),
                    workload.cite(f"{template.path}.volumes"),
                ),
                effects=(Effect(EffectKind.PODS_NOT_CREATED, workload.ref),),
                about=f"{container.name}/{name}",
                facts=(("container", container.name), ("volume", name)),
            )
