"""Files of ConfigMaps and Secrets that the process does not accept."""

from __future__ import annotations

import pytest

from rules.causes import causes_of

POD = """
kind: Pod
metadata: {name: web-0}
spec:
  nodeName: n1
  volumes: [{name: settings, VOLUME}]
  containers: [{name: app, volumeMounts: [{name: settings, MOUNT}]}]
status:
  phase: Running
  conditions: [{type: Ready, status: 'False'}]
  containerStatuses: [{name: app, ready: false, restartCount: 5, STATE}]
---
{kind: ConfigMap, metadata: {name: web}, data: {web.conf: 'x', other.conf: 'y'}}
---
{kind: Secret, metadata: {name: web-tls}, type: kubernetes.io/tls, keys: [tls.crt, tls.key]}
---
kind: Log
subject: Pod/web-0
container: app
lines: [LINE]
"""
CRASHES = (
    "state: {waiting: {reason: CrashLoopBackOff}}, "
    "lastState: {terminated: {exitCode: 1, reason: Error, finishedAt: '2026-01-01T11:59:00Z'}}"
)
FOLDER = "mountPath: /etc/web"
CONFIG = "configMap: {name: web}"


def _pod(line: str, mount: str = FOLDER, volume: str = CONFIG, state: str = CRASHES) -> str:
    text = POD.replace("LINE", repr(line)).replace("MOUNT", mount)
    return text.replace("VOLUME", volume).replace("STATE", state)


@pytest.mark.parametrize(
    ("text", "held"),
    [
        (_pod("[emerg] 1#1: unknown directive 'proxy_passs' in /etc/web/web.conf:4"), "web"),
        (_pod("[ALERT] config : parsing [/etc/web.cfg:12] : unknown keyword 'blance'",
              "mountPath: /etc/web.cfg, subPath: web.conf"), "web"),
        (_pod("err='parsing YAML file /etc/web/main.yml: yaml: line 12: did not find expected key'",
              volume="configMap: {name: web, items: [{key: web.conf, path: main.yml}]}"), "web"),
        (_pod("invalid value in /etc/web/web.conf",
              volume="projected: {sources: [{configMap: {name: web}}, {secret: {name: web-tls}}]}"), "web"),
        (_pod("cannot load certificate '/etc/web/tls.crt': PEM routines::no start line",
              volume="secret: {secretName: web-tls}"), "web-tls"),
    ],
)  # fmt: skip
def test_what_holds_the_rejected_file_is_the_origin(text: str, held: str) -> None:
    assert causes_of(text) == [("configuration_is_rejected", held)]


@pytest.mark.parametrize(
    "text",
    [
        _pod("unknown directive in /usr/share/web/web.conf"),
        _pod("unknown directive in /etc/web/absent.conf"),
        _pod("host not found in upstream 'cart' in /etc/web/web.conf:5"),
        _pod("reading /etc/web/web.conf"),
        _pod("unknown directive in /etc/web/web.conf", state="state: {running: {startedAt: '2026-01-01T09:00:00Z'}}"
             ).replace("restartCount: 5", "restartCount: 0"),
    ],
    ids=["another folder", "no such key", "a host is missing", "no complaint", "it does not end"],
)  # fmt: skip
def test_a_file_is_not_blamed_for_what_is_not_said_of_it(text: str) -> None:
    assert "configuration_is_rejected" not in [rule for rule, _ in causes_of(text)]
