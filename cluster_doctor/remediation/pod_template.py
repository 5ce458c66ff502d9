"""Where the parts of a workload's Pod template stand."""

from __future__ import annotations

from cluster_doctor.snapshot.views import Container, ContainerRole, Workload


def container_path(workload: Workload, name: str) -> tuple[str, ...]:
    """The path of a container in a workload's Pod template."""
    container = workload.template.container(name)
    is_main = container is None or container.role is ContainerRole.MAIN
    return (*workload.template_path, "spec", "containers" if is_main else "initContainers", f"[name={name}]")


def variable_at(workload: Workload, path: str) -> tuple[Container, str] | None:
    """The variable whose value stands at a path of a workload: its container and its name; None where none does."""
    for container in workload.template.containers:
        for name in container.env:
            if path == f"{container.env_path(name)}.value":
                return container, name
    return None
