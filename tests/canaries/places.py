"""Every place of a cluster where a text can stand."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

Raw = dict[str, Any]


def _meta(name: str, **more: Any) -> Raw:
    return {"name": name, "namespace": "shop", **more}


def _pod(**container: Any) -> Raw:
    return {
        "kind": "Pod",
        "apiVersion": "v1",
        "metadata": _meta("web-0"),
        "spec": {"containers": [{"name": "web", **container}]},
    }


def _deployment(**container: Any) -> Raw:
    template = {"spec": {"containers": [{"name": "web", **container}]}}
    return {"kind": "Deployment", "apiVersion": "apps/v1", "metadata": _meta("web"), "spec": {"template": template}}


def _annotated(text: str) -> Raw:
    return {
        "kind": "Deployment",
        "apiVersion": "apps/v1",
        "metadata": _meta("web", annotations={"note": text}),
        "spec": {},
    }


def _last_applied(text: str) -> Raw:
    copy = {"kubectl.kubernetes.io/last-applied-configuration": f'{{"kind":"ConfigMap","data":{{"a":{text!r}}}}}'}
    return {"kind": "ConfigMap", "apiVersion": "v1", "metadata": _meta("app", annotations=copy), "data": {}}


def _event(text: str) -> Raw:
    about = {"kind": "Pod", "name": "web-0", "namespace": "shop"}
    return {"kind": "Event", "apiVersion": "v1", "metadata": _meta("e"), "involvedObject": about, "message": text}


def _status(text: str) -> Raw:
    state = {"name": "web", "state": {"waiting": {"reason": "Error", "message": text}}}
    return {**_pod(), "status": {"containerStatuses": [state]}}


def _condition(text: str) -> Raw:
    ready = {"type": "Ready", "status": "False", "message": text}
    return {
        "kind": "Release",
        "apiVersion": "example.org/v1",
        "metadata": _meta("r"),
        "status": {"conditions": [ready]},
    }


def _config(text: str) -> Raw:
    data = {"app.conf": f"a=1\n{text}\nb=2"}
    return {"kind": "ConfigMap", "apiVersion": "v1", "metadata": _meta("app"), "data": data}


def _probed(text: str) -> Raw:
    return _pod(livenessProbe={"httpGet": {"port": 80, "httpHeaders": [{"name": "X", "value": text}]}})


def _secret(text: str) -> Raw:
    data = {"value": base64.b64encode(text.encode()).decode()}
    return {"kind": "Secret", "apiVersion": "v1", "metadata": _meta("s"), "data": data, "stringData": {"other": text}}


OBJECTS: dict[str, Callable[[str], Raw]] = {
    "variable": lambda text: _deployment(env=[{"name": "SETTING", "value": text}]),
    "argument": lambda text: _pod(args=["serve", text]),
    "command": lambda text: _pod(command=["sh", "-c", f"run {text} && wait"]),
    "annotation": _annotated,
    "last applied": _last_applied,
    "ConfigMap": _config,
    "Event": _event,
    "container status": _status,
    "condition": _condition,
    "custom resource": lambda text: {**_condition(""), "spec": {"values": {"extra": [text]}}},
    "Secret": _secret,
    "probe header": _probed,
}
"""Objects, by where in them the text stands."""
