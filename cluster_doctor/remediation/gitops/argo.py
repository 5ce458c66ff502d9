"""Origins that Argo CD Applications tell.

Sources: argo-cd.readthedocs.io, "Application Specification", "Helm", "Kustomize", "Multiple Sources".
"""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import join, normpath

import yaml
from pydantic import JsonValue

from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.remediation.gitops.origin import NoOriginError, Origin, deployer, without_login
from cluster_doctor.remediation.gitops.source import Entry, Tool
from cluster_doctor.snapshot.management import Management
from cluster_doctor.snapshot.paths import mapping, objects, text, words
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.yaml_text import load_yaml

_TOOLS = {"Helm": Tool.HELM, "Kustomize": Tool.KUSTOMIZE, "Directory": Tool.PLAIN}
_FIELDS = {"images": ("image",), "replicas": ("replicas",)}
"""Fields of an Application's `kustomize` that win over the kustomization, and what they set."""


def argo_origin(cluster: ClusterSnapshot, ref: ObjectRef, management: Management) -> Origin:
    """Read the origin of an object from its Application.

    Raises:
        NoOriginError: the Application was not read, or its source cannot be edited.
    """
    application = deployer(cluster, management, "Application", "argoproj.io")
    sources = [source for _, source in application.objects("spec", "sources")] or [
        application.mapping("spec", "source")
    ]
    kept = [(number, source) for number, source in enumerate(sources) if not _values_only(source)]
    if len(kept) != 1:
        raise NoOriginError(
            f"{management} deploys from {len(kept)} sources, and does not say which of them {ref} comes from",
            "Name the repository and path.",
        )
    [(number, source)] = kept
    if text(source, "chart"):
        raise NoOriginError(
            f"{management} deploys chart {text(source, 'chart')} of {without_login(text(source, 'repoURL'))}, "
            "whose templates are in no repository that is known",
            "Name the repository of its values, and the key to set.",
        )
    repository, path = text(source, "repoURL"), text(source, "path") or "."
    if not repository or mapping(source, "plugin"):
        raise NoOriginError(
            f"{management} deploys by a plugin, or names no repository", "Name the repository and path."
        )
    kinds = application.words("status", "sourceTypes") or [application.text("status", "sourceType")]
    entry = Entry(
        path=normpath(path),
        tool=_tool(source, kinds[number] if number < len(kinds) else ""),
        values=tuple(_values(source, sources, normpath(path), management)),
        release=text(source, "helm", "releaseName") or application.ref.name,
        overridden=tuple(_overridden(source)),
    )
    _refuse_renaming(source, management)
    revision = text(source, "targetRevision")
    return Origin(without_login(repository), "" if revision == "HEAD" else revision, entry, str(management))


def _values_only(source: dict[str, JsonValue]) -> bool:
    return bool(text(source, "ref")) and not text(source, "path") and not text(source, "chart")


def _tool(source: dict[str, JsonValue], kind: str) -> Tool | None:
    """What is run, by what Argo CD found out itself, else by what the source says."""
    if kind in _TOOLS:
        return _TOOLS[kind]
    for field, tool in (("helm", Tool.HELM), ("kustomize", Tool.KUSTOMIZE), ("directory", Tool.PLAIN)):
        if mapping(source, field):
            return tool
    return None


def _values(
    source: dict[str, JsonValue], sources: list[dict[str, JsonValue]], path: str, management: Management
) -> Iterator[str]:
    """The files of values, from the top of the repository: `$name/` begins at the top of the source of that name."""
    for file in words(source, "helm", "valueFiles"):
        if file.startswith("$"):
            name, _, rest = file[1:].partition("/")
            other = next((each for each in sources if text(each, "ref") == name), {})
            if text(other, "repoURL") != text(source, "repoURL"):
                raise NoOriginError(
                    f"{management} takes values from another repository, {without_login(text(other, 'repoURL'))}",
                    "Name that repository and the key to set.",
                )
            yield normpath(rest)
        elif "://" in file:
            raise NoOriginError(f"{management} takes values from {without_login(file)}", "Change them there.")
        else:
            yield normpath(file.lstrip("/") if file.startswith("/") else join(path, file))


def _overridden(source: dict[str, JsonValue]) -> Iterator[tuple[str, ...]]:
    """What the Application sets itself, over the files."""
    for field in ("parameters", "fileParameters"):
        for _, parameter in objects(source, "helm", field):
            yield tuple(text(parameter, "name").replace("\\.", "\0").split("."))
    yield from leaves(mapping(source, "helm", "valuesObject"))
    if inline := text(source, "helm", "values"):
        try:
            for value in load_yaml(inline):
                yield from leaves(value) if isinstance(value, dict) else ()
        except (yaml.YAMLError, ValueError):
            yield ()
    for field, sets in _FIELDS.items():
        if mapping(source, "kustomize").get(field):
            yield sets
    if mapping(source, "kustomize").get("patches"):
        yield ()


def leaves(value: dict[str, JsonValue], above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The paths of the values in a mapping."""
    for key, inner in value.items():
        if isinstance(inner, dict) and inner:
            yield from leaves(inner, (*above, key))
        else:
            yield (*above, key)


def _refuse_renaming(source: dict[str, JsonValue], management: Management) -> None:
    if text(source, "kustomize", "namePrefix") or text(source, "kustomize", "nameSuffix"):
        raise NoOriginError(f"{management} itself renames what it deploys", "Name the repository and path.")
