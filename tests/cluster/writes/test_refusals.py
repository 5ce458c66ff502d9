"""What must be refused, on a real API server: nothing is stored, and the person is told why."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from control_plane.cluster import ControlPlane, write_kubeconfig

from cluster.api import TestCluster, path_of
from cluster.waiting import until
from cluster.writes.killed import allowed
from cluster.writes.steps import Example, Json
from cluster_doctor.domain.identity import ClusterIdentity
from cluster_doctor.domain.outcome import StepOutcome, StepState
from cluster_doctor.domain.policy import PolicyVerdict
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.domain.rehearsal import RehearsedStep
from cluster_doctor.domain.remediation import RemediationStep
from cluster_doctor.domain.steps import FieldEdit, StepType, Verb
from cluster_doctor.history.history import History
from cluster_doctor.remediation.cluster.announcing import Announcements
from cluster_doctor.remediation.cluster.applying import Applier
from cluster_doctor.remediation.cluster.rehearsing import Judge, rehearse_step
from cluster_doctor.remediation.cluster.writer import ApiWriter, open_writer
from cluster_doctor.remediation.fields import Object
from cluster_doctor.sources.live.target import Target

pytestmark = pytest.mark.cluster
SPACE = "refusals"
ELSE = "0" * 64
SETTINGS: Json = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}, "data": {"a": "1"}}


@pytest.fixture(scope="module", autouse=True)
def space(cluster: TestCluster) -> Iterator[None]:
    cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": SPACE}}, SPACE)
    yield
    cluster.delete("Namespace", None, SPACE)


@pytest.fixture
def writer(cluster: TestCluster) -> Iterator[ApiWriter]:
    with open_writer(Target(kubeconfig=str(cluster.kubeconfig))) as opened:
        yield opened


class Desk:
    """A step that was rehearsed and approved, and what may happen before it is carried out."""

    def __init__(self, cluster: TestCluster, writer: ApiWriter, history: History, name: str) -> None:
        self.cluster, self.writer, self.history, self.name = cluster, writer, history, name
        self.manifest: Json = {**SETTINGS, "metadata": {"name": name}}
        edit = FieldEdit(path=("data", "a"), was="1", becomes="2")
        step = Example(StepType.EDIT_CONFIG_MAP, self.manifest, (edit,)).step
        self.step = step.model_copy(update={"target": ObjectRef(kind="ConfigMap", name=name, namespace=SPACE)})
        cluster.create(self.manifest, SPACE)
        self.identity = writer.identity()
        self.shown = rehearse_step(writer, "1.1", self.step, allowed)
        history.log.begin(name, "", "")

    def carry_out(
        self, *, meant: ClusterIdentity | None = None, judge: Judge = allowed, any_certificate: bool = False
    ) -> StepOutcome:
        """Carry it out on the approved cluster, or on what is said to be that."""
        record = Announcements(self.history.writes, self.name, "sre", meant or self.identity, any_certificate)
        return Applier(self.writer, record, judge).apply(self.shown, self.step)

    @property
    def value(self) -> str:
        """What stands in the object."""
        found = self.cluster.get("ConfigMap", SPACE, self.name) or {}
        return str(found.get("data", {}).get("a"))


@pytest.fixture
def desk(cluster: TestCluster, writer: ApiWriter, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Desk]:
    name = request.node.name.lower().replace("_", "-").replace("[", "-").replace("]", "").replace(" ", "-")[-60:]
    with History(tmp_path) as history:
        yield Desk(cluster, writer, history, name.strip("-"))


IDENTITIES: list[tuple[str, dict[str, str | None]]] = [
    ("another cluster at the same URL", {"certificate": ELSE, "system_uid": "1-2-3"}),
    ("the same cluster at another URL", {"server": "https://192.0.2.1:6443"}),
    ("another certificate", {"certificate": ELSE}),
    ("another uid of kube-system", {"system_uid": "1-2-3"}),
    ("nothing known but the URL", {"certificate": None, "system_uid": None}),
]


@pytest.mark.parametrize(("case", "changed"), IDENTITIES, ids=[case for case, _ in IDENTITIES])
def test_a_cluster_that_is_not_surely_the_one_that_was_approved(
    case: str, changed: dict[str, str | None], desk: Desk
) -> None:
    outcome = desk.carry_out(meant=desk.identity.model_copy(update=changed))
    assert outcome.state is StepState.REFUSED, case
    assert outcome.note.startswith("cluster-identity uncertain")
    assert desk.value == "1"
    assert desk.history.writes.of_run(desk.name) == ()


def test_another_certificate_where_the_policy_expects_that(desk: Desk) -> None:
    for changed in ({"certificate": ELSE, "system_uid": "1-2-3"}, {"certificate": ELSE, "server": None},
                    {"certificate": ELSE, "system_uid": None}):  # fmt: skip
        meant = desk.identity.model_copy(update=changed)
        assert desk.carry_out(meant=meant, any_certificate=True).state is StepState.REFUSED, changed
    configuration = desk.writer.connection.client.configuration
    configuration.verify_ssl = False
    another = desk.identity.model_copy(update={"certificate": ELSE})
    assert desk.carry_out(meant=another, any_certificate=True).state is StepState.REFUSED, "signed by whomever"
    configuration.verify_ssl = True
    assert (desk.value, desk.history.writes.of_run(desk.name)) == ("1", ())
    assert desk.carry_out(meant=another, any_certificate=True).state is StepState.APPLIED
    assert desk.value == "2"


def test_an_object_that_changed_since(desk: Desk) -> None:
    desk.cluster.patch("ConfigMap", SPACE, desk.name, {"data": {"a": "3"}})
    outcome = desk.carry_out()
    assert (outcome.state, outcome.note) == (StepState.REFUSED, "data.a was to be '1' and is '3'")
    assert desk.value == "3"


def test_a_change_of_another_field_does_not_matter(desk: Desk) -> None:
    desk.cluster.patch("ConfigMap", SPACE, desk.name, {"data": {"b": "9"}})
    assert desk.carry_out().state is StepState.APPLIED
    assert (desk.cluster.get("ConfigMap", SPACE, desk.name) or {})["data"] == {"a": "2", "b": "9"}


def test_an_object_that_is_gone(desk: Desk) -> None:
    desk.cluster.delete("ConfigMap", SPACE, desk.name)
    outcome = desk.carry_out()
    assert outcome.state is StepState.REFUSED
    assert "is not there any more" in outcome.note


def test_an_object_of_the_same_name_that_was_made_anew(desk: Desk) -> None:
    desk.cluster.delete("ConfigMap", SPACE, desk.name)
    desk.cluster.create(desk.manifest, SPACE)
    outcome = desk.carry_out()
    assert outcome.state is StepState.REFUSED
    assert "deleted and made anew" in outcome.note
    assert desk.value == "1"


def test_a_policy_that_changed_since(desk: Desk) -> None:
    def denies(step: RemediationStep, live: Object | None) -> PolicyVerdict:
        del step, live
        return PolicyVerdict(allowed=False, reasons=("no changes on a Friday",))

    outcome = desk.carry_out(judge=denies)
    assert outcome.state is StepState.REFUSED
    assert "no changes on a Friday" in outcome.note
    assert desk.value == "1"


def test_an_approval_that_is_used_again(desk: Desk) -> None:
    assert desk.carry_out().state is StepState.APPLIED
    desk.cluster.patch("ConfigMap", SPACE, desk.name, {"data": {"a": "1"}})
    assert desk.carry_out().state is StepState.APPLIED, "what was done is told, and not done again"
    assert desk.value == "1"


def test_what_somebody_reverted_is_not_taken_back_over_them(desk: Desk) -> None:
    assert desk.carry_out().state is StepState.APPLIED
    desk.cluster.patch("ConfigMap", SPACE, desk.name, {"data": {"a": "5"}})
    record = Announcements(desk.history.writes, desk.name, "sre", desk.identity)
    outcome = Applier(desk.writer, record, allowed).undo(desk.shown, desk.step)
    assert (outcome.state, outcome.note) == (StepState.REFUSED, "data.a was to be '2' and is '5'")
    assert desk.value == "5"


@pytest.fixture
def admission(cluster: TestCluster) -> Iterator[Callable[[str, Json], None]]:
    made: list[tuple[str, str]] = []

    def make(kind: str, spec: Json) -> None:
        version = "admissionregistration.k8s.io/v1"
        for what, body in ((kind, spec), (f"{kind}Binding", {"policyName": "refusals"})):
            extra = {"validationActions": ["Deny"]} if what == "ValidatingAdmissionPolicyBinding" else {}
            path = f"/apis/{version}/{_plural(what)}"
            cluster.send(
                "POST",
                path,
                {"apiVersion": version, "kind": what, "metadata": {"name": "refusals"}, "spec": {**body, **extra}},
            )
            made.append((path, "refusals"))

    yield make
    for path, name in made:
        cluster.send("DELETE", f"{path}/{name}")


def _plural(kind: str) -> str:
    return kind.lower().replace("policy", "policies") if kind.endswith("Policy") else f"{kind.lower()}s"


def _matching(name: str) -> Json:
    return {
        "resourceRules": [
            {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["UPDATE"], "resources": ["configmaps"],
             "resourceNames": [name]}
        ]
    }  # fmt: skip


def test_an_admission_policy_that_denies(desk: Desk, admission: Callable[[str, Json], None]) -> None:
    admission(
        "ValidatingAdmissionPolicy",
        {"failurePolicy": "Fail", "matchConstraints": _matching(desk.name),
         "validations": [{"expression": "object.data.a != '2'", "message": "two is too many"}]},
    )  # fmt: skip
    until(lambda: rehearse_step(desk.writer, "1.1", desk.step, allowed).problem, "the policy is in force")
    outcome = desk.carry_out()
    assert outcome.state is StepState.REFUSED
    assert "two is too many" in outcome.note
    assert desk.value == "1"


def test_an_admission_policy_that_makes_something_else_of_it(
    desk: Desk, admission: Callable[[str, Json], None]
) -> None:
    patch = {"patchType": "ApplyConfiguration",
             "applyConfiguration": {"expression": "Object{data: {'added': 'by admission'}}"}}  # fmt: skip
    constraints = _matching(desk.name)
    admission(
        "MutatingAdmissionPolicy",
        {"failurePolicy": "Fail", "reinvocationPolicy": "Never", "matchConstraints": constraints, "mutations": [patch]},
    )
    until(lambda: len(rehearse_step(desk.writer, "1.1", desk.step, allowed).diff) > 1, "the policy is in force")
    outcome = desk.carry_out()
    assert (outcome.state, outcome.note) == (
        StepState.REFUSED,
        "the server would store something else than was shown",
    )
    assert desk.value == "1"


def test_a_quota_that_is_used_up_meanwhile(cluster: TestCluster, writer: ApiWriter, tmp_path: Path) -> None:
    made = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "one-more", "namespace": SPACE}}
    example = Example(StepType.CREATE_SERVICE_ACCOUNT, {}, verb=Verb.CREATE, made=made)
    step = example.step.model_copy(
        update={"target": ObjectRef(kind="ServiceAccount", name="one-more", namespace=SPACE)}
    )
    shown = rehearse_step(writer, "1.1", step, allowed)
    assert shown.is_offered
    quota = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "full"},
             "spec": {"hard": {"count/serviceaccounts": "1"}}}  # fmt: skip
    cluster.create(quota, SPACE)
    until(lambda: (cluster.get("ResourceQuota", SPACE, "full") or {}).get("status", {}).get("used"), "it is counted")
    with History(tmp_path) as history:
        history.log.begin("run-1", "", "")
        record = Announcements(history.writes, "run-1", "sre", writer.identity())
        outcome = Applier(writer, record, allowed).apply(shown, step)
    cluster.delete("ResourceQuota", SPACE, "full")
    assert outcome.state is StepState.REFUSED
    assert "exceeded quota" in outcome.note
    assert cluster.get("ServiceAccount", SPACE, "one-more") is None


def test_rights_that_were_taken_away_meanwhile(
    cluster: TestCluster, control_plane: ControlPlane, desk: Desk, tmp_path: Path
) -> None:
    group = "rbac.authorization.k8s.io"
    cluster.create({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "writer"}}, SPACE)
    subject = {"kind": "ServiceAccount", "name": "writer", "namespace": SPACE}
    system = {"apiGroups": [""], "resources": ["namespaces"], "resourceNames": ["kube-system"], "verbs": ["get"]}
    settings = {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get", "patch"]}
    named = {"metadata": {"name": "refusals"}, "apiVersion": f"{group}/v1"}
    for kind, rule in (("ClusterRole", system), ("Role", settings)):
        cluster.create({**named, "kind": kind, "rules": [rule]}, SPACE)
        reference = {"apiGroup": group, "kind": kind, "name": "refusals"}
        cluster.create({**named, "kind": f"{kind}Binding", "subjects": [subject], "roleRef": reference}, SPACE)
    asked = {"spec": {"expirationSeconds": 3600}}
    made = cluster.send("POST", f"{path_of('ServiceAccount', SPACE, 'writer')}/token", asked)
    ca = control_plane.home / "pki" / "ca.crt"
    config = write_kubeconfig(tmp_path / "config", control_plane.server, ca, {"token": made["status"]["token"]})
    with open_writer(Target(kubeconfig=str(config))) as writer:
        shown: list[RehearsedStep] = []

        def offered() -> bool:
            shown[:] = [rehearse_step(writer, "1.1", desk.step, allowed)]
            return shown[0].is_offered

        until(offered, "the rights are in force")
        cluster.delete("RoleBinding", SPACE, "refusals")
        until(lambda: rehearse_step(writer, "1.1", desk.step, allowed).problem, "the rights are gone")
        record = Announcements(desk.history.writes, desk.name, "sre", writer.identity())
        outcome = Applier(writer, record, allowed).apply(shown[0], desk.step)
    assert outcome.state is StepState.REFUSED
    assert "forbidden" in outcome.note
    for kind in ("ClusterRole", "ClusterRoleBinding"):
        cluster.delete(kind, None, "refusals")
    assert desk.value == "1"
