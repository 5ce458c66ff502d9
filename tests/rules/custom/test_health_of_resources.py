"""When the health of a custom resource is worth a finding."""

from __future__ import annotations

import pytest

from cluster_doctor.domain.incident import Incident
from cluster_doctor.inference.diagnose import diagnose
from cluster_doctor.rules.catalogue import all_rules
from cluster_doctor.rules.engine import run_rules
from cluster_doctor.rules.example import snapshot_of

WIDGET = """
apiVersion: example.dev/v1
kind: KIND
metadata: {name: w, namespace: shop, creationTimestamp: '2026-01-01T08:00:00Z'}
SPEC
status: {conditions: [{type: Ready, status: 'False', REASON, lastTransitionTime: '2026-01-01TSINCE:00Z'}]}
"""


def _found(text: str) -> list[tuple[str, str]]:
    return [(finding.rule, finding.message) for finding in run_rules(all_rules(), snapshot_of(text)).findings]


def _widget(reason: str, since: str = "11:00", spec: str = "", kind: str = "Widget") -> list[tuple[str, str]]:
    text = WIDGET.replace("REASON", reason).replace("SINCE", since).replace("SPEC", spec).replace("KIND", kind)
    return _found(text)


def test_a_failure_is_told_in_the_controllers_words() -> None:
    told = "Widget shop/w is not well: Ready is False, Refused: no such zone"
    assert _widget("reason: Refused, message: no such zone") == [("custom_resource_is_not_ready", told)]


def test_work_is_a_failure_only_when_it_lasts() -> None:
    assert [rule for rule, _ in _widget("reason: Creating", "11:30")] == ["custom_resource_is_not_ready"]
    assert _widget("reason: Creating", "11:58") == []


def test_work_that_lacks_nothing_may_take_its_time() -> None:
    text = WIDGET.replace("SPEC", "").replace("KIND", "Widget").replace("SINCE", "08:00")
    assert _found(text.replace("type: Ready, status: 'False', REASON", "type: Reconciling, status: 'True'")) == []


@pytest.mark.parametrize("spec", ["spec: {suspend: true}", "spec: {paused: true}"])
def test_what_somebody_paused_is_no_failure(spec: str) -> None:
    assert _widget("reason: Refused", spec=spec) == []


@pytest.mark.parametrize("status", ["{}", "{address: 10.0.0.1}", "{phase: Ready}", "{phase: Provisioning}"])
def test_what_is_well_young_or_silent_is_no_finding(status: str) -> None:
    written = f"{{apiVersion: example.dev/v1, kind: Widget, metadata: {{name: w, namespace: shop}}, status: {status}}}"
    assert _found(written) == []


def test_a_state_without_conditions_is_cited_by_its_field() -> None:
    status = "status: {state: Failed, message: full}"
    written = f"{{apiVersion: example.dev/v1, kind: Widget, metadata: {{name: w, namespace: shop}}, {status}}}"
    findings = run_rules(all_rules(), snapshot_of(written)).findings
    assert [(f.message, [e.path for e in f.evidence]) for f in findings] == [
        ("Widget shop/w is not well: status.state says Failed: full", ["status.state"])
    ]


def test_a_backup_that_failed_days_ago_is_history() -> None:
    backup = """
apiVersion: velero.io/v1
kind: Backup
metadata: {name: nightly, namespace: velero, creationTimestamp: 'DAYT01:00:00Z'}
status: {phase: Failed}
"""
    assert [rule for rule, _ in _found(backup.replace("DAY", "2026-01-01"))] == ["custom_resource_is_not_ready"]
    assert _found(backup.replace("DAY", "2025-12-20")) == []


def test_what_is_not_ready_is_no_history_however_long_that_lasts() -> None:
    assert [rule for rule, _ in _widget("reason: Refused", kind="WidgetMigration")] == ["custom_resource_is_not_ready"]
    old = WIDGET.replace("2026-01-01T", "2025-12-01T").replace("SINCE", "08:00").replace("SPEC", "")
    kept = old.replace("KIND", "WidgetMigration").replace("REASON", "reason: Refused")
    assert [rule for rule, _ in _found(kept)] == ["custom_resource_is_not_ready"]
    assert _found(kept.replace("type: Ready", "type: Succeeded")) == []


def test_a_policy_is_judged_by_the_word_of_its_ancestor() -> None:
    (found,) = _found("""
apiVersion: gateway.networking.k8s.io/v1
kind: BackendTLSPolicy
metadata: {name: db, namespace: shop}
status: {ancestors: [{conditions: [{type: Accepted, status: 'False', reason: NoValidCACertificate}]}]}
""")
    assert found == (
        "custom_resource_is_not_ready",
        "BackendTLSPolicy shop/db is not well: Accepted is False, NoValidCACertificate",
    )


def test_a_kind_with_a_rule_of_its_own_is_found_once() -> None:
    application = """
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: shop, namespace: argocd}
status: {sync: {status: Synced}, health: {status: Degraded}}
"""
    challenge = """
apiVersion: acme.cert-manager.io/v1
kind: Challenge
metadata: {name: c, namespace: shop}
status: {state: errored, reason: no such host}
"""
    assert [rule for rule, _ in _found(application)] == ["argo_application_is_unwell"]
    assert [rule for rule, _ in _found(challenge)] == ["certificate_challenge_fails"]


APPLICATION = """
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: shop, namespace: argocd}
spec: {destination: {DESTINATION}}
status: {sync: {status: SYNC, revision: bbb}, health: {status: HEALTH}, MORE}
"""
ONCE = "history: [{id: 1, revision: bbb}]"


def _application(health: str, *, sync: str = "Synced", destination: str = "namespace: shop", more: str = ONCE) -> str:
    text = APPLICATION.replace("DESTINATION", destination).replace("SYNC", sync).replace("HEALTH", health)
    return text.replace("MORE", more)


def _causes(text: str) -> list[str]:
    return [cause.rule for cause in diagnose(snapshot_of(text), Incident()).root_causes]


def test_what_only_argo_cd_can_tell_of_needs_no_other_sign() -> None:
    missing = _application("Missing", sync="OutOfSync")
    assert _causes(missing) == ["argo_application_is_unwell"]
    elsewhere = _application("Degraded", destination="server: 'https://other.example.com:6443'")
    assert _causes(elsewhere) == ["argo_application_is_unwell"]
    assert _causes(_application("Degraded", destination="name: other")) == ["argo_application_is_unwell"]


def test_what_is_degraded_in_this_cluster_is_told_by_what_is_wrong_with_it() -> None:
    for here in ("namespace: shop", "server: 'https://kubernetes.default.svc'", "name: in-cluster"):
        assert _causes(_application("Degraded", destination=here)) == []


def test_an_application_that_was_never_deployed_or_is_being_deployed_misses_nothing() -> None:
    running = f"{ONCE}, operationState: {{phase: Running}}"
    assert _found(_application("Missing", sync="OutOfSync", more="history: []")) == []
    assert _found(_application("Missing", sync="OutOfSync", more=running)) == []


def test_an_application_that_is_suspended_or_at_work_is_no_finding() -> None:
    for health in ("Suspended", "Progressing", "Unknown", "Healthy"):
        assert (
            _found(f"""
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: shop, namespace: argocd}}
status: {{sync: {{status: Synced}}, health: {{status: {health}}}}}
""")
            == []
        )
