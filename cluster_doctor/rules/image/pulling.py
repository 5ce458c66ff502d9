"""Why an image cannot be pulled, in the words of the runtime and the registry."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from cluster_doctor.domain.evidence import Evidence
from cluster_doctor.rules.image.pull_secrets import pull_secrets
from cluster_doctor.rules.selections import unwell_pods
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Container, Pod

WAITING = frozenset(
    {
        "ErrImagePull",
        "ImagePullBackOff",
        "InvalidImageName",
        "ErrImageNeverPull",
        "ImageInspectError",
        "RegistryUnavailable",
        "SignatureValidationFailed",
    }
)
"""Waiting reasons by which the kubelet says that it has no image (pkg/kubelet/images, cri-api's errors)."""


class PullError(StrEnum):
    """What is the matter with an image."""

    NAME_INVALID = "name invalid"
    NAME_AMBIGUOUS = "the name lacks a registry, and the node takes no short names for it"
    NEVER_PULL = "not present and never pulled"
    RATE_LIMIT = "rate limit"
    REGISTRY_UNRESOLVED = "registry not resolved"
    TLS = "tls"
    PLATFORM = "no image for the platform"
    DENIED = "denied"
    NOT_FOUND = "not found"
    UNREACHABLE = "registry unreachable"
    UNSIGNED = "its signature is not accepted"
    NO_ROOM = "the node has no room left for it"
    UNKNOWN = "unknown"


_WORDINGS = tuple(
    (error, re.compile(pattern, re.IGNORECASE))
    for error, pattern in (
        (PullError.NAME_INVALID, r"InvalidImageName|couldn't parse image|invalid reference format"),
        # containers/image (CRI-O, Podman) resolves names without a registry by the node's registries.conf.
        (PullError.NAME_AMBIGUOUS, r"short[- ]name (?:mode is enforcing|resolution|\"?\S+ did not resolve)"
                                   r"|returns ambiguous list|no unqualified-search registries"),
        (PullError.NEVER_PULL, r"ErrImageNeverPull|is not present with pull policy of Never"),
        (PullError.UNSIGNED, r"SignatureValidationFailed|signature validation failed|signature was required"
                             r"|Source image rejected"),
        (PullError.NO_ROOM, r"no space left on device|disk quota exceeded"),
        (PullError.RATE_LIMIT, r"toomanyrequests|rate limit|429 Too Many"),
        # Go words every failed look-up as `lookup NAME on SERVER: reason` (net.DNSError).
        (PullError.REGISTRY_UNRESOLVED, r"\blookup [\w.-]+(?: on \S+)?: |no such host|server misbehaving"
                                        r"|name resolution"),
        (PullError.TLS, r"x509:|tls: |certificate signed by|HTTP response to HTTPS client"),
        (PullError.PLATFORM, r"no match for platform|no matching manifest|does not match the specified platform"),
        (PullError.NOT_FOUND, r"not found|manifest unknown|name unknown|404"),
        (PullError.DENIED, r"unauthorized|authorization failed|access denied|denied:|403 Forbidden"
                           r"|401|no basic auth|insufficient_scope|authentication required|pull access"),
        (PullError.UNREACHABLE, r"connection refused|i/o timeout|deadline exceeded"
                                r"|no route to host|connection reset|EOF|50[0234]"),
    )
)  # fmt: skip
_DENIED_OR_ABSENT = re.compile(
    r"repository does not exist or may require|may require 'docker login'|insufficient_scope", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Pull:
    """One container whose image cannot be pulled."""

    container: Container
    error: PullError
    words: str
    evidence: tuple[Evidence, ...]


def classify(words: str, *, brings_credentials: bool = False) -> PullError:
    """Tell what a runtime's message is about.

    Some registries answer alike for a repository that does not exist and for one that is private. Whoever brings
    credentials was denied; who brings none has most often mistyped a public name.
    """
    if _DENIED_OR_ABSENT.search(words):
        return PullError.DENIED if brings_credentials else PullError.NOT_FOUND
    return next((error for error, pattern in _WORDINGS if pattern.search(words)), PullError.UNKNOWN)


def failed_pulls(pod: Pod, cluster: ClusterSnapshot) -> Iterator[Pull]:
    """Containers of a Pod that wait for an image which cannot be pulled."""
    if not pod.expected_to_run:
        return
    for container in pod.containers:
        if container.waiting not in WAITING:
            continue
        words, evidence = _words(pod, container, cluster)
        credentials = bool(pull_secrets(pod, cluster))
        error = classify(f"{container.waiting} {words}", brings_credentials=credentials)
        yield Pull(container, error, words, evidence)


def pods_without_image(cluster: ClusterSnapshot) -> Iterator[Pod]:
    """Pods with containers whose image cannot be pulled."""
    return (pod for pod in unwell_pods(cluster) if any(container.waiting in WAITING for container in pod.containers))


def _words(pod: Pod, container: Container, cluster: ClusterSnapshot) -> tuple[str, tuple[Evidence, ...]]:
    """The most telling message: a back-off repeats only that it backs off, the Event before it says why."""
    state = pod.cite(f"{container.status_path}.state.waiting.reason")
    for event in cluster.events_about(pod.ref, "Failed", "InspectFailed", "ErrImageNeverPull"):
        told = event.message
        if (container.image in told or not told.count("image")) and classify(told) is not PullError.UNKNOWN:
            return told, (event.cite_message(), pod.cite(f"{container.path}.image"))
    message = container.waiting_message
    if message and classify(message) is not PullError.UNKNOWN:
        return message, (
            pod.cite(f"{container.status_path}.state.waiting.message"),
            pod.cite(f"{container.path}.image"),
        )
    failed = next(
        (event for event in cluster.events_about(pod.ref, "Failed") if container.image in event.message), None
    )
    if failed is not None:
        return failed.message, (failed.cite_message(), pod.cite(f"{container.path}.image"))
    return message, (state, pod.cite(f"{container.path}.image"))
