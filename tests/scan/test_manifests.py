"""Manifests before they are applied: their faults are found, and nothing is claimed about what is elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from cluster_doctor.cli.main import run
from cluster_doctor.rules.catalogue import all_rules
from scan.folders import SHOP, rules_told, shop_with, told

LABEL = "{app.kubernetes.io/name: storefront}"
FAULTS = {
    "a Service that misses the Pod template": (
        ("traffic.yaml", f"selector: {LABEL}", "selector: {app: storefront}"),
        "service_matches_no_template",
    ),
    "a Deployment that misses its own template": (
        ("workloads.yaml", f"matchLabels: {LABEL}", "matchLabels: {app: storefront}"),
        "selector_differs_from_template",
    ),
    "a target port by a name that nobody declares": (
        ("traffic.yaml", "targetPort: api", "targetPort: web"),
        "service_targets_undeclared_port",
    ),
    "a target port by a number that nobody declares": (
        ("traffic.yaml", "{name: api, port: 7000}", "{name: api, port: 7001}"),
        "service_targets_undeclared_port",
    ),
    "a key that the ConfigMap lacks": (
        ("workloads.yaml", "key: shop.yaml", "key: shop.yml"),
        "config_map_lacks_key_of_template",
    ),
    "a key that the Secret lacks": (
        ("workloads.yaml", "key: session-key", "key: sessionKey"),
        "secret_lacks_key_of_template",
    ),
    "a probe of a port by an undeclared name": (
        ("workloads.yaml", "/ready, port: http", "/ready, port: web"),
        "probe_asks_undeclared_port",
    ),
    "a probe of an undeclared port": (
        ("workloads.yaml", "/ready, port: http", "/ready, port: 8081"),
        "probe_asks_undeclared_port",
    ),
    "an Ingress to a port that the Service lacks": (
        ("traffic.yaml", "port: {number: 80}", "port: {number: 81}"),
        "ingress_backend_port_does_not_exist",
    ),
    "an Ingress to a Service that is not delivered": (
        ("traffic.yaml", "service: {name: catalog,", "service: {name: catalogue,"),
        "ingress_backend_does_not_exist",
    ),
    "an autoscaler of a workload that is not delivered": (
        ("scaling.yaml", "kind: Deployment, name: storefront", "kind: Deployment, name: shopfront"),
        "autoscaler_target_does_not_exist",
    ),
    "a budget that allows no eviction": (
        ("scaling.yaml", "minAvailable: 50%", "minAvailable: 2"),
        "disruption_budget_blocks_every_eviction",
    ),
    "a budget of nothing unavailable": (
        ("scaling.yaml", "maxUnavailable: 1", "maxUnavailable: 0%"),
        "disruption_budget_blocks_every_eviction",
    ),
    "a request above its limit": (
        ("workloads.yaml", "memory: 128Mi}", "memory: 1Gi}"),
        "request_exceeds_limit",
    ),
    "a quantity that is none": (
        ("workloads.yaml", "memory: 128Mi}", "memory: 128MB}"),
        "quantity_is_invalid",
    ),
    "a CronJob in a version that is gone": (
        ("workloads.yaml", "apiVersion: batch/v1\n", "apiVersion: batch/v1beta1\n"),
        "workload_api_version_is_removed",
    ),
    "an autoscaler in a version that is gone": (
        ("scaling.yaml", "apiVersion: autoscaling/v2\n", "apiVersion: autoscaling/v2beta2\n"),
        "autoscaler_api_version_is_removed",
    ),
    "a name of a port that stands for two": (
        ("workloads.yaml", "{name: metrics, containerPort: 9090}", "{name: http, containerPort: 9090}"),
        "container_port_is_declared_twice",
    ),
    "a port that a Service offers twice": (
        ("traffic.yaml", "{name: metrics, port: 9090", "{name: metrics, port: 80"),
        "service_port_is_declared_twice",
    ),
    "two Services of one name": (
        ("traffic.yaml", "metadata: {name: catalog-peers", "metadata: {name: catalog"),
        "service_is_declared_twice",
    ),
    "a mount of a volume that nobody declares": (
        ("workloads.yaml", "{name: settings, mountPath", "{name: setting, mountPath"),
        "mount_names_undeclared_volume",
    ),
    "a StatefulSet without its Service": (
        ("workloads.yaml", "serviceName: catalog-peers", "serviceName: catalog-pears"),
        "governing_service_is_not_delivered",
    ),
    "a schedule that is none": (
        ("workloads.yaml", '"15 3 * * *"', '"15 25 * * *"'),
        "cron_schedule_is_invalid",
    ),
}


def test_good_manifests_yield_nothing_and_no_gap(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scan", "--from", str(SHOP), "--fail-on", "info"]) == 0
    found = told(capsys, "--from", str(SHOP))
    assert (found["verdict"], found["findings"], found["gaps"]) == ("clear", [], [])


@pytest.mark.parametrize(("change", "rule"), FAULTS.values(), ids=FAULTS)
def test_a_static_fault_is_found(
    change: tuple[str, str, str], rule: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = shop_with(tmp_path, change)
    assert rule in rules_told(capsys, "--from", str(folder))
    assert run(["scan", "--from", str(folder), "--fail-on", "warning"]) == 1


def test_nothing_is_said_about_what_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = shop_with(tmp_path, ("traffic.yaml", f"selector: {LABEL}", "selector: {app: storefront}"))
    found = told(capsys, "--from", str(folder))
    assert [finding["stage"] for finding in found["findings"]] == ["cause"]
    assert "Pod" in {kind for rule in found["could_not_check"] for kind in rule["lacks"]}


@pytest.mark.parametrize(
    "change",
    [
        ("workloads.yaml", "configMapRef: {name: storefront}", "configMapRef: {name: made-by-another-team}"),
        ("workloads.yaml", "secretKeyRef: {name: mail-relay", "secretKeyRef: {name: made-by-an-operator"),
        ("workloads.yaml", "serviceAccountName: storefront", "serviceAccountName: made-by-terraform"),
        ("traffic.yaml", "ingressClassName: nginx", "ingressClassName: internal"),
        ("traffic.yaml", "secretName: shop-tls", "secretName: made-by-cert-manager"),
        ("access.yaml", "kind: ClusterRole, name: view", "kind: ClusterRole, name: made-by-the-platform"),
    ],
)
def test_what_stands_elsewhere_is_unknown(
    change: tuple[str, str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert rules_told(capsys, "--from", str(shop_with(tmp_path, change))) == set()


def test_manifests_that_make_the_namespace_say_what_will_be_in_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = shop_with(tmp_path, ("workloads.yaml", "configMapRef: {name: storefront}", "configMapRef: {name: other}"))
    (folder / "namespace.yaml").write_text("{apiVersion: v1, kind: Namespace, metadata: {name: shop}}\n")
    found = told(capsys, "--from", str(folder))["findings"]
    assert [(one["rule"], one["about"]) for one in found] == [
        ("template_names_missing_config_map", "other"),
        ("template_names_missing_account", "reporter"),
    ]
    generator = "\nconfigMapGenerator: [{name: other, literals: [a=b]}]\n"
    with (folder / "kustomization.yaml").open("a") as file:
        file.write(generator)
    assert rules_told(capsys, "--from", str(folder)) == {"template_names_missing_account"}


def test_a_patch_is_no_object(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = shop_with(tmp_path)
    (folder / "more.yaml").write_text(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: storefront, namespace: shop}\nspec: {replicas: 5}\n"
    )
    assert rules_told(capsys, "--from", str(folder)) == {"workload_is_declared_twice"}
    with (folder / "kustomization.yaml").open("a") as file:
        file.write("\npatches: [{path: more.yaml}]\n")
    assert rules_told(capsys, "--from", str(folder)) == set()


def test_a_kustomization_puts_what_names_no_namespace_into_its_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = shop_with(
        tmp_path, ("traffic.yaml", ", namespace: shop}\nspec:\n  selector: {app.kubernetes.io/name: storefront}",
                   "}\nspec:\n  selector: {app: storefront}"),
    )  # fmt: skip
    (found,) = told(capsys, "--from", str(folder))["findings"]
    assert (found["rule"], found["subject"]["namespace"]) == ("service_matches_no_template", "shop")


def test_what_kubectl_printed_of_a_cluster_is_no_manifest(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    session = tmp_path / "session.txt"
    session.write_text(
        "$ kubectl get svc -n shop\nNAME   TYPE        CLUSTER-IP   EXTERNAL-IP   PORT(S)   AGE\n"
        "web    ClusterIP   10.0.0.7     <none>        80/TCP    3d\n"
        "$ kubectl describe deployment web -n shop\nName:      web\nNamespace: shop\nSelector:  app=web\n"
        "Pod Template:\n  Labels:  app=website\n  Containers:\n   web:\n    Image: nginx\n    Port:  8080/TCP\n"
    )
    areas = {rule.name: rule.area for rule in all_rules()}
    assert "manifest" not in {areas[name] for name in rules_told(capsys, "--from", str(session))}


def test_a_recording_of_manifests_says_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = shop_with(tmp_path, ("traffic.yaml", "targetPort: api", "targetPort: web"))
    assert run(["record", "--from", str(folder), "-o", str(tmp_path / "shop.cds")]) == 0
    assert rules_told(capsys, "--from", str(tmp_path / "shop.cds")) == {"service_targets_undeclared_port"}


def test_a_kustomization_that_takes_in_more_leaves_absence_open(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = shop_with(tmp_path, ("traffic.yaml", "service: {name: catalog,", "service: {name: catalogue,"))
    kustomization = folder / "kustomization.yaml"
    kustomization.write_text(kustomization.read_text().replace("[access.yaml,", "[../base, access.yaml,"))
    assert rules_told(capsys, "--from", str(folder)) == set()


def test_of_one_object_in_several_folders_the_file_that_was_not_judged_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("dev", "prod"):
        shop_with(tmp_path / name)
    monkeypatch.chdir(tmp_path)
    assert run(["scan", "--from", "."]) == 0
    said = capsys.readouterr().out
    assert "declared 2 times" not in said
    assert "could not read File dev/shop/traffic.yaml: out of scope" in said
    assert "stands in prod/shop/traffic.yaml too, which was judged instead; scan one folder at a time" in said


def test_a_manifest_that_cannot_be_read_is_no_silence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = shop_with(tmp_path, ("settings.yaml", "data:", "data: ["))
    assert run(["scan", "--from", str(folder)]) == 3
    assert "could not read File settings.yaml" in capsys.readouterr().out


def test_other_yaml_beside_manifests_is_nobodys_business(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = shop_with(tmp_path)
    (folder / "values.yaml").write_text("replicas: 3\n")
    (folder / "pipeline.yml").write_text("on: [push]\njobs: {}\n")
    assert told(capsys, "--from", str(folder))["gaps"] == []


def test_what_a_server_has_seen_is_no_manifest(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = shop_with(tmp_path, ("traffic.yaml", f"selector: {LABEL}", "selector: {app: storefront}"))
    traffic = folder / "traffic.yaml"
    traffic.write_text(traffic.read_text().replace("{name: catalog, namespace", "{name: catalog, uid: a1, namespace"))
    assert "service_matches_no_template" not in rules_told(capsys, "--from", str(folder))
