"""Which lines of a Corefile keep Services from being found."""

from __future__ import annotations

import textwrap

import pytest

from cluster_doctor.domain.findings import Finding
from cluster_doctor.domain.incident import Incident
from cluster_doctor.inference.diagnose import diagnose
from cluster_doctor.rules.engine import run_rules
from cluster_doctor.rules.example import snapshot_of
from cluster_doctor.rules.network.dns_configuration_diverts_services import dns_configuration_diverts_services

SERVICES = """
---
{kind: Service, metadata: {name: stock}, spec: {selector: {app: stock}, ports: [{port: 80}]}}
---
{kind: Service, metadata: {name: cart}, spec: {selector: {app: cart}, ports: [{port: 80}]}}
"""
CALLER = """
---
kind: Deployment
metadata: {name: front}
spec: {template: {spec: {containers: [{name: app, env: [{name: STOCK, value: 'http://stock:80'}]}]}}}
---
kind: Log
subject: Deployment/front
container: app
lines: ['lookup stock on 10.96.0.10:53: no such host']
"""


def _config(lines: str, name: str = "coredns", key: str = "Corefile", block: str = ".:53") -> str:
    body = textwrap.indent(textwrap.dedent(lines).strip(), "    ")
    text = body if key.endswith(".override") else f"{block} {{\n{body}\n    kubernetes cluster.local in-addr.arpa\n}}"
    return (
        f"kind: ConfigMap\nmetadata: {{name: {name}, namespace: kube-system}}\ndata:\n  {key}: |\n"
        + textwrap.indent(text, "    ")
    )


def _findings(config: str) -> list[Finding]:
    return list(run_rules([dns_configuration_diverts_services], snapshot_of(config + SERVICES)).findings)


@pytest.mark.parametrize(
    "line",
    [
        "template ANY A {\n match stock\n rcode NXDOMAIN\n}",
        "template IN ANY shop.svc.cluster.local {\n rcode SERVFAIL\n}",
        "rewrite name stock.shop.svc.cluster.local old.example.com",
        "rewrite stop {\n name regex (.*)[.]shop[.]svc[.]cluster[.]local {1}.test.svc.cluster.local answer auto\n}",
        "rewrite name suffix .shop.svc.cluster.local .shop.svc.old.example.com",
    ],
)
def test_an_answer_in_place_of_a_services_own_is_found(line: str) -> None:
    (finding,) = _findings(_config(line))
    assert str(finding.subject) == "ConfigMap kube-system/coredns"
    assert "shop/stock" in finding.message


@pytest.mark.parametrize(
    "line",
    [
        "template ANY AAAA {\n rcode NXDOMAIN\n}",
        "template ANY A {\n match ^old[.]example[.]com[.]$\n rcode NXDOMAIN\n}",
        'template IN A example.org {\n answer "{{ .Name }} 60 IN A 192.0.2.1"\n}',
        "rewrite name stock.example.com stock.shop.svc.cluster.local",
        "# rewrite name stock.shop.svc.cluster.local old.example.com",
        "forward . /etc/resolv.conf {\n max_concurrent 1000\n}",
    ],
)
def test_what_leaves_services_alone_is_quiet(line: str) -> None:
    assert _findings(_config(line)) == []


def test_a_block_for_another_zone_is_quiet() -> None:
    assert _findings(_config("template ANY ANY {\n rcode NXDOMAIN\n}", block="example.org:53")) == []


def test_managed_clusters_keep_such_lines_in_a_config_map_of_their_own() -> None:
    line = "rewrite name stock.shop.svc.cluster.local old.example.com"
    (finding,) = _findings(_config(line, name="coredns-custom", key="names.override"))
    assert finding.subject.name == "coredns-custom"


def test_a_config_map_of_somebody_else_is_quiet() -> None:
    assert _findings(_config("template ANY ANY {\n rcode NXDOMAIN\n}", name="notes")) == []


def test_the_caller_that_is_told_no_such_host_is_explained_by_it() -> None:
    config = _config("template ANY A {\n match ^stock[.]\n rcode NXDOMAIN\n}")
    diagnosis = diagnose(snapshot_of(config + SERVICES + CALLER), Incident())
    assert diagnosis.root_causes[0].rule == "dns_configuration_diverts_services"
    assert "Deployment shop/front" in {str(symptom.subject) for symptom in diagnosis.root_causes[0].explains}
