"""Kinds that a test cluster is to serve beside its own."""

from __future__ import annotations

from .api import Json, TestCluster
from .waiting import until


def definition(kind: str, plural: str, group: str, version: str = "v1alpha1") -> Json:
    """Define a kind whose objects may hold anything."""
    schema = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}"},
        "spec": {
            "group": group,
            "scope": "Namespaced",
            "names": {"kind": kind, "plural": plural},
            "versions": [{"name": version, "served": True, "storage": True, "schema": schema}],
        },
    }


def forget(cluster: TestCluster, *definitions: Json) -> None:
    """Delete definitions, and wait until discovery lists their groups no more."""
    for made in definitions:
        cluster.delete("CustomResourceDefinition", None, made["metadata"]["name"])
    ours = {made["spec"]["group"] for made in definitions}
    until(lambda: not ours & cluster.groups(), f"discovery has forgotten {sorted(ours)}")
