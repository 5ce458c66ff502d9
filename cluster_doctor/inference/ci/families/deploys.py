"""kubectl, Helm and Argo CD: what the cluster refused, and what did not become ready."""

from __future__ import annotations

from cluster_doctor.domain.ci import CiFailureClass
from cluster_doctor.inference.ci.sign import Weight, signs

DEPLOYS = (
    *signs(
        CiFailureClass.DEPLOY,
        "webhook {thing} denied it: {why}",
        "Change the manifest so that the policy accepts it, or ask who keeps the policy.",
        r"admission webhook \"(?P<thing>[^\"]+)\" denied the request:? ?(?P<why>.*)$",
        r"(?P<thing>ValidatingAdmissionPolicy '[^']+').* denied request: (?P<why>.*)$",
    ),
    *signs(
        CiFailureClass.DEPLOY,
        "the cluster forbids it: {why}",
        "Give the account of the pipeline that verb on that kind, or deploy with another account.",
        r"Error from server \((?P<thing>Forbidden)\): (?P<why>.*)$",
        r"(?P<why>\S+ is forbidden: User \"(?P<thing>[^\"]+)\" cannot .*)$",
        r"(?P<why>\S+ \"(?P<thing>[^\"]+)\" is forbidden: .*)$",
    ),
    *signs(
        CiFailureClass.DEPLOY,
        "{thing} cannot be changed so: {why}",
        "Delete and create it anew if that is safe, or leave the field as it is: it cannot change.",
        r"(?P<thing>[\w.]+ \"[^\"]+\") is invalid: (?P<why>.*(?:immutable|[Ff]orbidden: updates to).*)$",
        r"cannot patch \"(?P<thing>[^\"]+)\" with kind (?P<why>.*immutable.*)$",
    ),
    *signs(
        CiFailureClass.DEPLOY,
        "the manifest of {thing} is not valid: {why}",
        "Correct the manifest; `kubectl apply --dry-run=server` tells the same before a release.",
        r"(?P<thing>[\w.]+ \"[^\"]+\") is invalid: (?P<why>.*)$",
        r"error: error (?:validating|parsing) \"?(?P<thing>[^\":]+)\"?: (?P<why>.*)$",
        r"(?P<why>no matches for kind \"(?P<thing>[^\"]+)\" in version .*)$",
        r"Error: (?P<why>(?:template: (?P<thing>\S+?): |YAML parse error on (?P<file>\S+)).*)$",
    ),
    *signs(
        CiFailureClass.DEPLOY,
        "{thing} did not become ready in time",
        "Diagnose the workload in the cluster: `cluster-doctor diagnose`, or this command with --from or --live.",
        r"error: (?P<thing>\w+(?: set)? \"[^\"]+\") exceeded its progress deadline",
        r"error: timed out waiting for the condition(?: on (?P<thing>\S+))?",
        r"Error: (?:UPGRADE|INSTALLATION) FAILED: (?P<thing>.*(?:timed out waiting|deadline exceeded|not ready).*)$",
        r"(?:level=fatal|FATA).*(?P<thing>timed out \(\d+s\) waiting for app \S+ .*)$",
        r"(?P<thing>application '[^']+' health state has transitioned from \w+ to Degraded)",
    ),
    *signs(
        CiFailureClass.DEPLOY,
        "the cluster cannot be reached or does not know the pipeline: {why}",
        "Check the kubeconfig, its credentials and the way from the runner to the API server.",
        r"(?P<why>Unable to connect to the server: (?P<thing>.*))$",
        r"(?P<why>error: You must be logged in to the server.*)(?P<thing>)$",
        r"(?P<why>Kubernetes cluster unreachable: (?P<thing>.*))$",
        r"(?P<why>The connection to the server (?P<thing>\S+) was refused.*)$",
    ),
    *signs(
        CiFailureClass.DEPLOY,
        "the release failed: {thing}",
        "Look at `helm history` and at the cluster; another operation must end or be rolled back first.",
        r"Error: (?:UPGRADE|INSTALLATION|ROLLBACK) FAILED: (?P<thing>.*)$",
        r"(?P<thing>another operation \(install/upgrade/rollback\) is in progress)",
        r"Error from server \((?P<thing>\w+\): .*)$",
        r"(?:level=fatal|FATA).*(?:msg=)?\"?(?P<thing>rpc error: .*|Operation has completed with phase: \w+)\"?$",
        weight=Weight.REPORTS,
    ),
)
