"""What containerd answers to a pull."""

from __future__ import annotations


def reference(image: str) -> str:
    """Write an image name in full, as containerd reports it."""
    if "@" in image:
        return image
    first, slash, _ = image.partition("/")
    if not slash:
        image = f"docker.io/library/{image}"
    elif not any(mark in first for mark in ".:") and first != "localhost":
        image = f"docker.io/{image}"
    return image if ":" in image.rsplit("/", 1)[1] else f"{image}:latest"


def pull_error(error: str, image: str) -> str:
    """What the kubelet is told when a pull fails."""
    full = reference(image)
    host, _, path = full.partition("/")
    registry = "registry-1.docker.io" if host == "docker.io" else host
    repository, _, tag = path.rpartition(":")
    url = f"https://{registry}/v2/{repository}/manifests/{tag}"
    head = f'failed to pull and unpack image "{full}": failed to resolve reference "{full}": '
    unknown = f"rpc error: code = Unknown desc = {head}"
    match error:
        case "unauthorized":
            return (
                f"{unknown}pull access denied, repository does not exist or may require authorization: "
                "server message: insufficient_scope: authorization failed"
            )
        case "dns":
            lookup = f"dial tcp: lookup {registry} on 10.96.0.10:53: no such host"
            return f'{unknown}failed to do request: Head "{url}": {lookup}'
        case "timeout":
            return (
                f"rpc error: code = DeadlineExceeded desc = {head}"
                f'failed to do request: Head "{url}": dial tcp 203.0.113.10:443: i/o timeout'
            )
        case "ratelimit":
            return f"{unknown}unexpected status from HEAD request to {url}: 429 Too Many Requests"
        case "x509":
            trust = "tls: failed to verify certificate: x509: certificate signed by unknown authority"
            return f'{unknown}failed to do request: Head "{url}": {trust}'
        case _:
            return f"rpc error: code = NotFound desc = {head}{full}: not found"


def invalid_name(image: str) -> str:
    """What the kubelet says of a name that is none."""
    return (
        f'Failed to apply default image tag "{image}": couldn\'t parse image name "{image}": invalid reference format'
    )
