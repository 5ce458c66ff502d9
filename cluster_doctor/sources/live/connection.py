"""Gets into a cluster in every way that the kubernetes package knows, and says plainly why it could not."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import yaml

from cluster_doctor.domain.errors import ClusterUnavailable
from cluster_doctor.sources.live.target import Target
from cluster_doctor.sources.wire.failure import one_line

if TYPE_CHECKING:
    from kubernetes.client import ApiClient, Configuration

USER_AGENT = "cluster-doctor (read-only)"


@dataclass(slots=True)
class Connection:
    """An open way into one cluster.

    Attributes:
        client: the kubernetes package's client, with our own configuration.
        server: URL of the API server.
        namespace: namespace of the kubeconfig's context, empty if it names none.
        certificates: SHA-256 of each certificate that the server presented on a connection, oldest first.
        signing: held while a request gets its credentials, because renewing them is not thread-safe.
    """

    client: ApiClient
    server: str
    namespace: str = ""
    certificates: dict[str, None] = field(default_factory=dict)
    signing: threading.Lock = field(default_factory=threading.Lock)

    @property
    def certificate(self) -> str | None:
        """SHA-256 of the certificate that was presented first."""
        return next(iter(self.certificates), None)

    def close(self) -> None:
        """Close every connection."""
        self.client.close()  # type: ignore[no-untyped-call]  # the package is typed in parts


def connect(target: Target, *, parallel: int) -> Connection:
    """Prepare a way into a cluster. Nothing is sent yet, but an exec plugin of the kubeconfig is run.

    Raises:
        ClusterUnavailable: the kubeconfig, its context or its credentials cannot be used.
    """
    # The package takes most of a second to import, and offline work never needs it.
    from kubernetes.client import ApiClient, Configuration  # noqa: PLC0415

    from cluster_doctor.sources.live.witness import watch_certificates  # noqa: PLC0415

    configuration = type.__call__(Configuration)  # never the process-wide default
    namespace = ""
    if target.server:
        _by_address(configuration, target)
    elif target.prefers_pod_identity:
        _by_pod(configuration)
    else:
        namespace = _by_kubeconfig(configuration, target)
    configuration.retries = False  # we decide what is asked again
    configuration.connection_pool_maxsize = parallel
    client = ApiClient(configuration=configuration)
    client.user_agent = USER_AGENT
    connection = Connection(client=client, server=configuration.host, namespace=namespace)
    watch_certificates(client, connection.certificates)
    return connection


def _by_address(configuration: Configuration, target: Target) -> None:
    server = str(target.server).rstrip("/")
    if not server.startswith(("https://", "http://")):
        raise ClusterUnavailable(
            f"{server!r} was given as the API server's URL, and it has no scheme.",
            "Write it as https://HOST:PORT.",
        )
    configuration.host = server
    configuration.verify_ssl = not target.skip_verification
    if target.ca_file:
        configuration.ssl_ca_cert = target.ca_file
    if target.token:
        configuration.api_key["BearerToken"] = f"Bearer {target.token.strip()}"


def _by_pod(configuration: Configuration) -> None:
    from kubernetes.config import ConfigException, load_incluster_config  # noqa: PLC0415

    try:
        load_incluster_config(client_configuration=configuration)  # type: ignore[no-untyped-call]  # the package is typed in parts
    except (ConfigException, OSError) as error:
        raise ClusterUnavailable(
            f"The ServiceAccount of this Pod was to be used, and it cannot be: {one_line(str(error))}",
            "Give the Pod a ServiceAccount with its token mounted, or name a kubeconfig with --kubeconfig.",
        ) from error


def _by_kubeconfig(configuration: Configuration, target: Target) -> str:
    from kubernetes.config import ConfigException, list_kube_config_contexts  # noqa: PLC0415
    from kubernetes.config.kube_config import load_kube_config  # noqa: PLC0415

    paths = [path for path in target.kubeconfig_paths() if path.exists()]
    if not paths:
        looked = ", ".join(map(str, target.kubeconfig_paths()))
        raise ClusterUnavailable(
            f"No kubeconfig was found; looked for {looked}.",
            "Name one with --kubeconfig or KUBECONFIG, or diagnose a recording with --from.",
        )
    files = ":".join(map(str, paths))
    try:
        contexts, current = list_kube_config_contexts(config_file=files)  # type: ignore[no-untyped-call]  # the package is typed in parts
    except (ConfigException, yaml.YAMLError, OSError, ValueError, TypeError, AttributeError) as error:
        if target.context is None:
            raise ClusterUnavailable(
                f"Kubeconfig {files} was read, and it cannot be used: {one_line(str(error))}",
                "Check it with `kubectl config view`, and choose a context with --context.",
            ) from error
        contexts, current = [], {}
    wanted = target.context or str(current.get("name", ""))
    chosen = next((entry for entry in contexts if entry.get("name") == wanted), None)
    if contexts and chosen is None:
        known = ", ".join(sorted(str(entry.get("name")) for entry in contexts)) or "none"
        raise ClusterUnavailable(
            f"Context {wanted!r} was asked of kubeconfig {files}, which does not have it; it has: {known}.",
            "Choose one of these with --context.",
        )
    with _overheard() as complaints:
        try:
            # persist_config would write renewed tokens into the user's file.
            load_kube_config(  # type: ignore[no-untyped-call]  # the package is typed in parts
                config_file=files, context=target.context, client_configuration=configuration, persist_config=False
            )
        except (ConfigException, yaml.YAMLError, OSError, ValueError, TypeError, AttributeError, KeyError) as error:
            raise ClusterUnavailable(
                f"Context {wanted!r} of kubeconfig {files} was read, and it cannot be used: {one_line(str(error))}",
                "Check it with `kubectl config view --minify`.",
            ) from error
    if complaints and not configuration.api_key and not configuration.cert_file:
        raise ClusterUnavailable(
            f"Context {wanted!r} of kubeconfig {files} gets its credentials from a command, which gave none: "
            f"{one_line('; '.join(complaints))}",
            "Run `kubectl get namespaces` with this context; install the command or log in again.",
        )
    inner = chosen.get("context") if chosen else None
    return str(inner.get("namespace") or "") if isinstance(inner, dict) else ""


@contextmanager
def _overheard() -> Iterator[list[str]]:
    """Hear what the kubeconfig loader only logs: that an exec plugin failed."""
    heard: list[str] = []

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            heard.append(record.getMessage())

    ear = Ear(level=logging.ERROR)
    root = logging.getLogger()
    root.addHandler(ear)
    try:
        yield heard
    finally:
        root.removeHandler(ear)
