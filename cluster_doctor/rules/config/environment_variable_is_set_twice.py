"""An environment variable that is set twice."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.paths import objects, text
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Workload


@rule(Severity.WARNING, subject=Workload)
def environment_variable_is_set_twice(workload: Workload, cluster: ClusterSnapshot) -> Matches:
    """A container sets one environment variable twice, and the values differ.

    Why it matters:
        The last one counts; whoever reads the first is misled.

    Fires on:
        kind: Deployment
        metadata: {name: api}
        spec:
          template:
            spec:
              containers:
              - name: app
                env:
                - {name: URL, value: 'cart:80'}
                - {name: URL, value: 'old:80'}

    Stays quiet on:
        kind: Deployment
        metadata: {name: api}
        spec:
          template:
            spec:
              containers:
              - name: app
                env:
                - {name: URL, value: 'cart:80'}

    Remedy:
        Remove the entry that is not meant.

    References:
        https://kubernetes.io/docs/tasks/inject-data-application/define-environment-variable-container/
    """
    for container in workload.template.containers:
        names = [text(entry, "name") for _, entry in objects(container.raw, "env")]
        if len(names) == len(set(names)):
            continue
        values: dict[str, list[str]] = {}
        for _, entry in objects(container.raw, "env"):
            if isinstance(entry.get("value"), str):
                values.setdefault(text(entry, "name"), []).append(text(entry, "value"))
        for name, given in values.items():
            if len(set(given)) < 2:
                continue
            yield Match(
                message=f"container {container.name} of {workload.ref} sets "
                f"{name} to {given[0]!r}, then to {given[-1]!r}",
                evidence=(workload.cite(f"{container.path}.env"),),
                effects=(Effect(EffectKind.CALLS_FAILING, workload.ref),),
                about=f"{container.name}/{name}",
                facts=(("variable", name),),
            )
