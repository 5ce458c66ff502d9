"""Why an image cannot be had, by what the registry answered."""

from __future__ import annotations

import pytest

from cluster_doctor.domain.incident import Incident
from cluster_doctor.inference.diagnose import diagnose
from cluster_doctor.rules.example import snapshot_of

POD = """
kind: Pod
metadata: {name: web-0, creationTimestamp: '2026-01-01T11:00:00Z'}
spec:
  nodeName: n1
  SECRETS
  containers: [{name: app, image: 'registry.example.com/web:2.0'}]
status:
  phase: Pending
  conditions: [{type: Ready, status: 'False'}, {type: PodScheduled, status: 'True'}]
  containerStatuses:
  - name: app
    ready: false
    restartCount: 0
    state: {waiting: {reason: ImagePullBackOff, message: 'SAYS'}}
"""


def _causes(says: str, secrets: str = "") -> list[str]:
    text = POD.replace("SAYS", says).replace("SECRETS", secrets or "restartPolicy: Always")
    return [cause.rule for cause in diagnose(snapshot_of(text), Incident()).root_causes]


@pytest.mark.parametrize(
    ("says", "rule"),
    [
        ("registry.example.com/web:2.0: not found", "image_does_not_exist"),
        ("manifest unknown", "image_does_not_exist"),
        ("short name mode is enforcing, but image name web:2.0 returns ambiguous list", "image_does_not_exist"),
        (
            'short-name "web:2.0" did not resolve to an alias and no unqualified-search registries are defined',
            "image_does_not_exist",
        ),
        ("Source image rejected: A signature was required, but no signature exists", "image_cannot_be_pulled"),
        ("dial tcp: lookup registry.example.com on 10.0.0.2:53: no such host", "registry_name_does_not_resolve"),
        ("dial tcp: lookup registry.example.com on 10.0.0.2:53: read udp 10.0.0.7:4142->10.0.0.2:53: i/o timeout",
         "registry_name_does_not_resolve"),
        ("dial tcp: lookup registry.example.com on [::1]:53: dial udp [::1]:53: connect: network is unreachable",
         "registry_name_does_not_resolve"),
        ("dial tcp: lookup registry.example.com: Try again", "registry_name_does_not_resolve"),
        ("dial tcp 192.0.2.9:443: i/o timeout", "registry_cannot_be_reached"),
        ("failed to authorize: unexpected status: 401 Unauthorized", "image_pull_is_denied"),
        ("toomanyrequests: You have reached your pull rate limit", "registry_limits_pulls"),
        ("tls: failed to verify certificate: x509: unknown authority", "registry_certificate_is_not_trusted"),
        ("no match for platform in manifest: not found", "image_lacks_the_platform"),
        ("dial tcp 192.0.2.9:443: connect: connection refused", "registry_cannot_be_reached"),
    ],
)  # fmt: skip
def test_each_answer_has_its_own_cause(says: str, rule: str) -> None:
    assert _causes(says) == [rule]


def test_a_registry_that_does_not_tell_private_from_absent_is_read_by_whether_credentials_were_brought() -> None:
    says = "pull access denied, repository does not exist or may require authorization: insufficient_scope"
    assert _causes(says) == ["image_does_not_exist"]
    assert _causes(says, "imagePullSecrets: [{name: regcred}]") == ["image_pull_is_denied"]


def test_a_program_for_another_processor_is_told_from_a_missing_one() -> None:
    text = POD.replace("SECRETS", "restartPolicy: Always").replace("ImagePullBackOff", "CrashLoopBackOff")
    ended = "lastState: {terminated: {exitCode: 255, reason: Error, finishedAt: '2026-01-01T11:59:00Z'}}"
    text = text.replace("restartCount: 0", f"restartCount: 5\n    {ended}").replace("SAYS", "back-off 2m")
    log = "\n---\nkind: Log\nsubject: Pod/web-0\ncontainer: app\nlines: ['exec /usr/bin/web: exec format error']"
    diagnosis = diagnose(snapshot_of(text + log), Incident())
    assert [cause.rule for cause in diagnosis.root_causes] == ["image_is_built_for_another_architecture"]


@pytest.mark.parametrize(
    ("reason", "says", "rule"),
    [
        (
            "ImageInspectError",
            "short name mode is enforcing, but web:2.0 returns ambiguous list",
            "image_does_not_exist",
        ),
        ("SignatureValidationFailed", "the signature validation failed", "image_cannot_be_pulled"),
    ],
)
def test_every_reason_of_the_kubelet_for_having_no_image_is_understood(reason: str, says: str, rule: str) -> None:
    pod = POD.replace("ImagePullBackOff", reason).replace("SAYS", says).replace("SECRETS", "restartPolicy: Always")
    assert [cause.rule for cause in diagnose(snapshot_of(pod), Incident()).root_causes] == [rule]


def test_a_node_without_room_for_an_image_is_at_fault_itself() -> None:
    says = "failed to extract layer sha256:aa: write /var/lib/containerd/x: no space left on device"
    text = POD.replace("SAYS", says).replace("SECRETS", "restartPolicy: Always")
    (cause,) = diagnose(snapshot_of(text), Incident()).root_causes
    assert (cause.rule, str(cause.subject)) == ("image_cannot_be_pulled", "Node n1")


def test_words_that_nobody_knows_are_passed_on() -> None:
    says = 'Failed to pull image "registry.example.com/web:2.0": the moon is full'
    event = "---\n{kind: Event, metadata: {name: e1}, involvedObject: {kind: Pod, name: web-0}, reason: Failed, "
    text = POD.replace("SAYS", "Back-off").replace("SECRETS", "restartPolicy: Always")
    (cause,) = diagnose(snapshot_of(f"{text}{event}type: Warning, message: {says!r}}}"), Incident()).root_causes
    assert cause.rule == "image_cannot_be_pulled"
    assert cause.statement.endswith("the runtime says: the moon is full")
