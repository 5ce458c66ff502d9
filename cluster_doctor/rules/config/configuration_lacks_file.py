"""A file that the process looks for where a ConfigMap or Secret is mounted."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Match, Severity
from cluster_doctor.rules.container.last_words import failing_containers
from cluster_doctor.rules.protocol import Matches, Records, rule
from cluster_doctor.snapshot.paths import objects, text
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import ConfigMap, Container, Pod, Secret

_NO_FILE = re.compile(
    r"no such file or directory|ENOENT|FileNotFound|NoSuchFile|cannot find the file|does not exist|not found",
    re.IGNORECASE,
)
_PATH = re.compile(r"(/[\w.-]+(?:/[\w.-]+)+)")
_LINES = 100


@rule(Severity.ERROR, subject=Pod, needs=(ConfigMap, Secret, Records.LOGS))
def configuration_lacks_file(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """The process misses a file that the ConfigMap or Secret mounted there has no key for.

    Why it matters:
        A key that was removed or renamed is noticed by nobody but the process, at its next start.

    Fires on:
        kind: Pod
        metadata: {name: web-0}
        spec:
          nodeName: n1
          volumes: [{name: settings, configMap: {name: web}}]
          containers: [{name: app, volumeMounts: [{name: settings, mountPath: /etc/web}]}]
        status:
          phase: Running
          containerStatuses:
          - name: app
            ready: false
            restartCount: 5
            state: {waiting: {reason: CrashLoopBackOff}}
            lastState: {terminated: {exitCode: 1, finishedAt: '2026-01-01T11:59:00Z'}}
        ---
        {kind: ConfigMap, metadata: {name: web}, data: {web.yaml: 'mode: fast'}}
        ---
        kind: Log
        subject: Pod/web-0
        container: app
        lines: ['open /etc/web/limits.yaml: no such file or directory']

    Stays quiet on:
        kind: Pod
        metadata: {name: web-0}
        spec:
          nodeName: n1
          volumes: [{name: settings, configMap: {name: web}}]
          containers: [{name: app, volumeMounts: [{name: settings, mountPath: /etc/web}]}]
        status:
          phase: Running
          containerStatuses:
          - name: app
            ready: false
            restartCount: 5
            state: {waiting: {reason: CrashLoopBackOff}}
            lastState: {terminated: {exitCode: 1, finishedAt: '2026-01-01T11:59:00Z'}}
        ---
        {kind: ConfigMap, metadata: {name: web}, data: {web.yaml: 'mode: fast'}}
        ---
        kind: Log
        subject: Pod/web-0
        container: app
        lines: ['open /var/lib/web/index: no such file or directory']

    Remedy:
        Restore the key, or correct the path that the process reads.

    References:
        https://kubernetes.io/docs/tasks/configure-pod-container/configure-pod-configmap/#populate-a-volume-with-data-stored-in-a-configmap
    """
    for container in failing_containers(pod, cluster):
        for log in cluster.logs_of(pod.ref):
            if log.container not in {"", container.name}:
                continue
            for position in range(len(log.lines) - 1, max(-1, len(log.lines) - 1 - _LINES), -1):
                line = log.lines[position][:4000]
                if not _NO_FILE.search(line):
                    continue
                for held, key, path in _absent(pod, container, _PATH.findall(line), cluster):
                    yield Match(
                        message=f"{held.ref.kind} {held.name} has no key {key}, "
                        f"and container {container.name} of Pod {pod.name} needs the file {path} "
                        f"(it has: {', '.join(sorted(held.keys)[:8]) or 'none'})",
                        evidence=(log.cite(position), held.cite("data" if isinstance(held, ConfigMap) else "keys")),
                        blame=held.ref,
                        effects=(
                            Effect(EffectKind.CONTAINER_CRASHING, pod.ref),
                            Effect(EffectKind.POD_NOT_READY, pod.ref),
                        ),
                        about=key,
                        since=pod.created_at,
                        facts=(("name", held.name), ("key", key), ("path", path)),
                    )
                    return


def _absent(
    pod: Pod, container: Container, paths: list[str], cluster: ClusterSnapshot
) -> Iterator[tuple[ConfigMap | Secret, str, str]]:
    """Files directly below a mounted ConfigMap or Secret for which that is known to have no key."""
    volumes = {text(volume, "name"): volume for _, volume in pod.spec.volumes()}
    for _, mount in objects(container.raw, "volumeMounts"):
        volume = volumes.get(text(mount, "name"), {})
        below = text(mount, "mountPath").rstrip("/")
        for path in paths:
            folder, _, key = path.rpartition("/")
            if folder != below or text(mount, "subPath") or objects(volume, "configMap", "items"):
                continue
            names = (text(volume, "configMap", "name"), text(volume, "secret", "secretName"))
            mounted: tuple[ConfigMap | Secret | None, ...] = (
                cluster.get(ConfigMap, pod.namespace, names[0]),
                cluster.get(Secret, pod.namespace, names[1]),
            )
            yield from ((held, key, path) for held in mounted if held is not None and key not in held.keys)
