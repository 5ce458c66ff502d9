"""A file of a ConfigMap or Secret that the process does not accept."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.container.last_words import failing_containers, failing_pods
from cluster_doctor.rules.protocol import Matches, Records, rule
from cluster_doctor.snapshot.log_lines.told import read_told
from cluster_doctor.snapshot.log_lines.wording import wording
from cluster_doctor.snapshot.paths import JsonObject, objects, text
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import ConfigMap, Container, Pod, Secret

_REJECTED = wording(
    r"\b(?:unknown|unrecogni[sz]ed|invalid|unexpected|unsupported|undefined|duplicate|malformed|parse|parsing"
    r"|parser|unmarshal(?:ling)?|decode|decoding|syntax|directive|did not find|could not find expected|not allowed"
    r"|mapping values|no start line|config(?:uration)? error|error in|errors? found in|found at)\b",
    "unknown", "unrecogni", "invalid", "unexpected", "unsupported", "undefined", "duplicate", "malformed", "pars",
    "unmarshal", "decod", "syntax", "directive", "did not find", "could not find expected", "not allowed",
    "mapping values", "no start line", "config error", "configuration error", "error in", "found in", "found at",
    any_case=True,
)  # fmt: skip
"""How readers of configuration say that they do not understand what they read; the line has to name the file."""

_NO_FILE = re.compile(r"no such file or directory|ENOENT|FileNotFound|NoSuchFile|cannot find the file", re.IGNORECASE)
_PATH = re.compile(r"(?<![\w./-])(/[\w.@+-]+(?:/[\w.@+-]+)+)")
_LINES = 60


@rule(
    Severity.ERROR,
    subject=Pod,
    needs=(ConfigMap, Records.LOGS),
    directness=Directness.REPORTED,
    among=failing_pods,
)
def configuration_is_rejected(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """The process ends because it does not accept a file that a ConfigMap or Secret is mounted as.

    Why it matters:
        Kubernetes takes any text for a value; the error shows only when the process reads it, at its next start.

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
        {kind: ConfigMap, metadata: {name: web}, data: {web.yaml: 'mode: [fast'}}
        ---
        kind: Log
        subject: Pod/web-0
        container: app
        lines: ['error parsing /etc/web/web.yaml: yaml: line 1: did not find expected node content']

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
        lines: ['host not found in upstream "cart" in /etc/web/web.yaml:5', 'invalid header in /var/lib/web/index.db']

    Remedy:
        Correct the value of the key, or take back the last change of it; most programs can check a file beforehand.

    References:
        https://kubernetes.io/docs/concepts/configuration/configmap/#using-configmaps-as-files-from-a-pod
    """
    for container in failing_containers(pod, cluster):
        if not (container.restarts or container.terminated):
            continue
        for log in cluster.logs_of(pod.ref):
            if log.container not in {"", container.name}:
                continue
            for position, _ in _REJECTED.newest_in(log, _LINES):
                line = log.lines[position][:4000]
                if _NO_FILE.search(line) or read_told(line) is not None:
                    continue  # a file or a host that is missing is told elsewhere
                for held, key in _held(pod, container, _PATH.findall(line), cluster):
                    yield Match(
                        message=f"container {container.name} of Pod {pod.name} rejects {key} of {held.ref.kind} "
                        f"{held.name}: {line.strip()[:200]}",
                        evidence=(log.cite(position), held.cite("data" if isinstance(held, ConfigMap) else "keys")),
                        blame=held.ref,
                        effects=(
                            Effect(EffectKind.CONTAINER_CRASHING, pod.ref),
                            Effect(EffectKind.POD_NOT_READY, pod.ref),
                        ),
                        about=key,
                        since=pod.created_at,
                        facts=(("name", held.name), ("key", key)),
                    )
                    return


def _held(
    pod: Pod, container: Container, paths: list[str], cluster: ClusterSnapshot
) -> Iterator[tuple[ConfigMap | Secret, str]]:
    """The ConfigMaps and Secrets, and the keys of them, that files of a container come from."""
    volumes = {text(volume, "name"): volume for _, volume in pod.spec.volumes()}
    for _, mount in objects(container.raw, "volumeMounts"):
        volume = volumes.get(text(mount, "name"), {})
        below, part = text(mount, "mountPath").rstrip("/"), text(mount, "subPath")
        for source in (volume, *(projected for _, projected in objects(volume, "projected", "sources"))):
            for field, held in _named(pod, source, cluster):
                for path in paths:
                    file = part if part and path == below else path.removeprefix(f"{below}/")
                    key = _key(file, source, field)
                    if file != path and key in held.keys:
                        yield held, key


def _named(pod: Pod, source: JsonObject, cluster: ClusterSnapshot) -> Iterator[tuple[str, ConfigMap | Secret]]:
    config_map = cluster.get(ConfigMap, pod.namespace, text(source, "configMap", "name"))
    name = text(source, "secret", "secretName") or text(source, "secret", "name")  # the latter if projected
    secret = cluster.get(Secret, pod.namespace, name)
    if config_map is not None:
        yield "configMap", config_map
    if secret is not None:
        yield "secret", secret


def _key(file: str, source: JsonObject, field: str) -> str:
    """The key that stands for a file: the file's name, if the volume gives it no other."""
    items = objects(source, field, "items")
    return next((text(item, "key") for _, item in items if text(item, "path") == file), "" if items else file)
