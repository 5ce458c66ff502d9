"""Pages of every kind that people get, each with what is hard to show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from whole_report import HOSTILE, full_report

from cluster_doctor.domain.change import Change, ChangeKind, FieldChange, PriorChange, Touch
from cluster_doctor.domain.coverage import Gap, GapReason
from cluster_doctor.domain.diagnosis import ChainLink, NextProbe, RootCause, Status
from cluster_doctor.domain.evidence import Evidence, EvidenceSource
from cluster_doctor.domain.findings import Severity
from cluster_doctor.domain.identity import ClusterIdentity
from cluster_doctor.domain.incident import Incident, Symptom
from cluster_doctor.domain.policy import PolicyVerdict
from cluster_doctor.domain.proposal import FileChange, RehearsedProposal
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.domain.rehearsal import Rehearsal, RehearsedStep
from cluster_doctor.domain.report import Remediation, Report
from cluster_doctor.domain.steps import FieldEdit, StepType, Verb
from cluster_doctor.reports.html import render_html, scan_page
from cluster_doctor.reports.index import IndexEntry, render_index, with_report
from cluster_doctor.rules.example import NOW, snapshot_of
from cluster_doctor.scanning.scan import ScanPolicy, scan_pictures


def ref(kind: str, name: str, namespace: str | None = "shop") -> ObjectRef:
    """Name an object."""
    return ObjectRef(kind=kind, name=name, namespace=namespace)


def link(subject: ObjectRef, statement: str, *, observed: bool = True) -> ChainLink:
    """One step of a chain."""
    return ChainLink(subject=subject, statement=statement, observed=observed, effect="some effect")


def cause(subject: ObjectRef, statement: str, *links: ChainLink, sure: float = 0.9) -> RootCause:
    """A cause, with a fact, a change before it and the symptoms at the end of its chain."""
    fact = Evidence(
        subject=subject,
        source=EvidenceSource.EVENT,
        path="BackOff",
        value="Back-off restarting failed container",
        observed_at=NOW - timedelta(minutes=12),
        command=f"kubectl get events -n {subject.namespace} --field-selector involvedObject.name={subject.name}",
    )
    change = Change(
        kind=ChangeKind.ROLLOUT,
        subject=subject,
        statement="revision 7 changes 1 field of the Pod template",
        at=NOW - timedelta(minutes=31),
        by="ada@example.com",
        fields=(FieldChange(path="spec.template.spec.containers[0].image", before="web:1.4.2", after="web:1.5.0"),),
        evidence=(fact,),
    )
    return RootCause(
        subject=subject,
        rule="container_keeps_crashing",
        severity="ERROR",
        statement=statement,
        confidence=sure,
        confidence_basis="test",
        evidence=(fact, fact.model_copy(update={"source": EvidenceSource.OBJECT, "path": "status.phase"})),
        chain=(link(subject, statement), *links),
        explains=tuple(
            Symptom(
                subject=told.subject,
                statement=told.statement,
                rule="r",
                fingerprint=told.statement,
                since=NOW - timedelta(minutes=20),
            )
            for told in links[-2:]
        ),
        since=NOW - timedelta(minutes=30),
        changes=(PriorChange(change=change, touch=Touch.OBJECT, lead=60.0),),
        fingerprint=statement,
    )


def two_causes() -> Report:
    """Two causes whose chains meet, one of them with a step that was skipped, and a plan that was rehearsed."""
    base = full_report("Deployment shop/web runs image web:1.5.0, which the registry does not have")
    service, route = ref("Service", "checkout"), ref("Ingress", "shop")
    shared = (
        link(service, "Service checkout has no ready endpoint (2 not ready)"),
        link(route, "Ingress shop leads shop.example.com/checkout to Service checkout, which nobody serves"),
    )
    pod = ref("Pod", "checkout-with-a-rather-long-name-6f5cc5cb78-698zt")
    first = cause(
        ref("Deployment", "checkout"),
        "container checkout runs image registry.example.com/shop/checkout:2.4.0, which does not exist",
        link(pod, "container checkout waits: ImagePullBackOff"),
        link(pod, "Pod is not ready", observed=False),
        link(ref("Deployment", "checkout"), "0 of 2 replicas are ready"),
        *shared,
        sure=0.97,
    )
    second = cause(
        ref("NetworkPolicy", "deny-all"),
        "NetworkPolicy deny-all lets nobody in that Service checkout is for",
        link(ref("Pod", "checkout-0"), "nobody can reach port 8080", observed=False),
        shared[1],
        sure=0.41,
    )
    verdict = PolicyVerdict(allowed=True, reasons=("write to configmaps in shop",), approvers=("ada",))
    refused = PolicyVerdict(allowed=False, reasons=("namespace kube-system is not written to",))
    diff = "--- a/apps/checkout/deployment.yaml\n+++ b/apps/checkout/deployment.yaml\n@@ -10,7 +10,7 @@\n     spec:\n"
    diff += f"-        image: registry.example.com/shop/checkout:2.4.0\n+        image: {'x' * 300}\n"
    rehearsed = Rehearsal(
        plan_digest="d" * 64,
        performed=True,
        note="looked at with kustomize",
        identity=ClusterIdentity(server="https://10.0.0.1:6443", certificate="ab" * 32, system_uid="1234-5678"),
        steps=tuple(
            RehearsedStep(
                key=key,
                title="Set the image of Deployment shop/checkout back",
                type=StepType.SET_IMAGE,
                verb=Verb.PATCH,
                target=ref("Deployment", "checkout"),
                diff=(
                    FieldEdit(
                        path=("spec", "template", "spec", "containers", "[name=web]", "image"),
                        was="checkout:2.4.0",
                        becomes="checkout:2.3.1",
                    ),
                ),
                undo_tried=key == "1.1",
                warnings=("unknown field",),
                verdict=said,
            )
            for key, said in (("1.1", verdict), ("1.or1", verdict), ("2.1", refused))
        ),
        proposals=(
            RehearsedProposal(
                key="1.git",
                title="Set the image back",
                repository="https://github.example.com/acme/shop",
                base="main",
                commit="0123456789abcdef",
                files=(FileChange(path="apps/checkout/deployment.yaml", diff=diff, sha256="e" * 64),),
                note="rendered with kustomize; the scan says nothing to it",
                verdict=verdict,
            ),
        ),
        at=NOW,
    )
    plans = base.remediation.plans if base.remediation else ()
    return base.model_copy(
        update={
            "root_causes": (first, second, base.root_causes[0]),
            "remediation": Remediation(plans=plans, digest="d" * 64, rehearsal=rehearsed),
            "incident": Incident(text="checkout is down since noon"),
        }
    )


def unresolved() -> Report:
    """Nothing proven, and what to read next."""
    return full_report("Pod web-0 does not answer").model_copy(
        update={
            "status": Status.UNRESOLVED,
            "root_causes": (),
            "remediation": None,
            "next_probes": (
                NextProbe(
                    kind="Secret",
                    namespace="shop",
                    command="kubectl get secrets -n shop",
                    decides=("secret_lacks_key", "secret_does_not_exist"),
                ),
            ),
        }
    )


def healthy() -> Report:
    """Nothing wrong."""
    return Report(
        run_id="20260101-120000-000000",
        status=Status.HEALTHY,
        incident=Incident(),
        taken_at=NOW,
        source="a recording",
        gaps=(Gap(kind="Secret", namespace="shop", reason=GapReason.FORBIDDEN),),
        rules_unknown={"secret_lacks_key": "Secret"},
    )


def many_causes() -> Report:
    """More causes than can be drawn, chains that meet in many ways, one long chain, and a long timeline."""
    end = link(ref("Ingress", "everything"), "nobody answers")
    steps = [link(ref("Service", f"service-{at}"), f"Service service-{at} has no ready endpoint") for at in range(12)]
    causes = [
        cause(ref("Deployment", f"app-{at}"), f"app-{at} asks for port {8000 + at}", *steps[at % 4 :: at % 3 + 1], end)
        for at in range(9)
    ]
    turned = cause(ref("Deployment", "turned"), "turned round", *reversed(steps[:3]), end)
    return full_report("short").model_copy(update={"root_causes": (causes[0], turned, *causes[1:])})


def scan() -> str:
    """A scan's page."""
    cluster = snapshot_of(
        "{kind: Service, metadata: {name: web}, spec: {selector: {app: web}}}\n---\n"
        "{kind: Pod, metadata: {name: web-0, labels: {app: website}}}"
    )
    return scan_page(scan_pictures([cluster], ScanPolicy(fail_on=Severity.ERROR, today=NOW.date())))


def index() -> str:
    """A list of runs, with what is hard to show."""
    found = IndexEntry(
        run_id="20260101-120000-abcdef",
        began_at=NOW,
        took=timedelta(seconds=0.4),
        incident="checkout is down since noon",
        state="finished",
        origin="live cluster",
    )
    odd = replace(found, incident=HOSTILE, origin="W" * 10_000, state="waiting for approval", took=None)
    damaged = replace(found, incident="", state="failed", problem="run 20260101-120000-abcdef has no diagnosis")
    entries = [with_report(found, two_causes(), "a.html"), with_report(odd, full_report(HOSTILE), "b.html")]
    entries += [with_report(found, unresolved(), "c.html"), with_report(found, healthy(), "d.html"), damaged]
    return render_index(entries, left_out=True)


SAMPLES: dict[str, Callable[[], str]] = {
    "two-causes": lambda: render_html(two_causes()),
    "whole": lambda: render_html(full_report()),
    "unresolved": lambda: render_html(unresolved()),
    "healthy": lambda: render_html(healthy()),
    "hostile": lambda: render_html(full_report(HOSTILE)),
    "very-long": lambda: render_html(full_report("W" * 10_000)),
    "wide-letters": lambda: render_html(full_report("网络不可达 данные потеряны ﷽ 🙂" * 30)),
    "scan": scan,
    "index": index,
    "no-runs": lambda: render_index(()),
    "many-causes": lambda: render_html(many_causes()),
}
