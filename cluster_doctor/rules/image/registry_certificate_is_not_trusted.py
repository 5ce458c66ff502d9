"""A registry whose certificate is not trusted."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.image.pulling import PullError, failed_pulls, pods_without_image
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod


@rule(Severity.ERROR, subject=Pod, directness=Directness.STATED, among=pods_without_image)
def registry_certificate_is_not_trusted(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """The node does not trust the registry's certificate, or the registry speaks no TLS.

    Why it matters:
        The runtime pulls over verified TLS only, unless it is configured otherwise.

    Fires on:
        kind: Pod
        metadata: {name: web-0}
        spec:
          nodeName: n1
          containers:
          - {name: app, image: 'registry.example.com/web:1.9'}
        status:
          phase: Pending
          containerStatuses:
          - name: app
            ready: false
            state:
              waiting: {reason: ImagePullBackOff}
        ---
        kind: Event
        metadata: {name: e1}
        involvedObject: {kind: Pod, name: web-0}
        reason: Failed
        type: Warning
        message: 'Failed to pull image "registry.example.com/web:1.9": failed to pull and unpack image: tls:
          failed to verify certificate: x509: certificate signed by unknown authority'

    Stays quiet on:
        kind: Pod
        metadata: {name: web-0}
        spec: {nodeName: n1, containers: [{name: app, image: registry.example.com/web:1.9}]}
        status: {phase: Running, containerStatuses: [{name: app, ready: true, state: {running: {}}}]}

    Remedy:
        Renew or correct the registry's certificate, or give its CA to the container runtime.

    References:
        https://github.com/containerd/containerd/blob/main/docs/hosts.md
    """
    for pull in failed_pulls(pod, cluster):
        if pull.error not in {PullError.TLS}:
            continue
        yield Match(
            message=f"the certificate of the registry of image {pull.container.image} is not accepted",
            evidence=pull.evidence,
            effects=(Effect(EffectKind.POD_NOT_STARTED, pod.ref),),
            about=pull.container.name,
            since=pod.created_at,
            facts=(("image", pull.container.image), ("container", pull.container.name)),
        )
