"""A name server that ends over its configuration."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.container.last_words import failing_with
from cluster_doctor.rules.protocol import Matches, Records, rule
from cluster_doctor.rules.selections import unwell_pods
from cluster_doctor.snapshot.log_lines.wording import wording
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import ConfigMap, Pod

_WORDS = wording(
    r"Corefile:\d+ - Error during parsing: (?P<error>.+)|plugin/loop: (?P<loop>Loop .*detected.*)"
    r"|Failed to initialize server: (?P<start>.+)",
    "corefile",
    "plugin/loop",
    "failed to initialize server",
)


@rule(Severity.CRITICAL, subject=Pod, needs=(Records.LOGS,), directness=Directness.STATED, among=unwell_pods)
def dns_server_rejects_its_configuration(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """CoreDNS ends because it cannot use its Corefile, or because its forwarding leads back to itself.

    Why it matters:
        CoreDNS that runs keeps the old configuration; the next one that starts takes the new one and ends, until
        none is left and no name in the cluster resolves.

    Fires on:
        kind: Pod
        metadata: {name: coredns-0, namespace: kube-system, labels: {k8s-app: kube-dns}}
        spec:
          nodeName: n1
          containers: [{name: coredns}]
          volumes: [{name: config, configMap: {name: coredns}}]
        status:
          phase: Running
          containerStatuses:
          - {name: coredns, ready: false, restartCount: 6, state: {waiting: {reason: CrashLoopBackOff}}}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: kube-dns, namespace: kube-system}
        spec: {selector: {k8s-app: kube-dns}, ports: [{port: 53, protocol: UDP}]}
        ---
        kind: Log
        subject: {kind: Pod, namespace: kube-system, name: coredns-0}
        container: coredns
        lines: ["/etc/coredns/Corefile:7 - Error during parsing: Unknown directive 'cahce'"]

    Stays quiet on:
        kind: Pod
        metadata: {name: coredns-0, namespace: kube-system, labels: {k8s-app: kube-dns}}
        spec: {nodeName: n1, containers: [{name: coredns}]}
        status:
          phase: Running
          conditions: [{type: Ready, status: 'True'}]
          containerStatuses: [{name: coredns, ready: true, restartCount: 0, state: {running: {}}}]
        ---
        kind: Log
        subject: {kind: Pod, namespace: kube-system, name: coredns-0}
        container: coredns
        lines: ['plugin/reload: Running configuration SHA512 = 0af1']

    Remedy:
        Correct the Corefile in the ConfigMap; for a loop, forward to real name servers and not to the node's own
        cache.

    References:
        https://coredns.io/plugins/loop/#troubleshooting-loops-in-kubernetes-clusters
    """
    if pod.labels.get("k8s-app") != "kube-dns" and not pod.name.startswith("coredns-"):
        return
    for container, found, evidence in failing_with(_WORDS, pod, cluster):
        held = next((ref.name for ref in pod.spec.references() if ref.kind == ConfigMap.kind), "")
        yield Match(
            message=f"CoreDNS cannot use its configuration{f' (ConfigMap {held})' if held else ''}: "
            f"{next(text for text in found.groups() if text)}",
            evidence=(evidence, pod.cite(f"{container.status_path}.restartCount")),
            blame=ConfigMap.ref_to(pod.namespace, held) if held else None,
            effects=(Effect(EffectKind.CONTAINER_CRASHING, pod.ref),),
            since=pod.created_at,
            facts=(("config", held),),
        )
        return
