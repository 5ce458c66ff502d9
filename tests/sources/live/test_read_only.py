"""What may be sent to an API server."""

from __future__ import annotations

import pytest

from cluster_doctor.sources.live.read_only import WriteRefused, require_read_only

_PODS = "/api/v1/namespaces/shop/pods"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/version"),
        ("GET", "/api"),
        ("GET", "/apis/apps/v1/namespaces/shop/deployments/web"),
        ("GET", "/api/v1/nodes/proxy"),
        ("GET", f"{_PODS}/proxy"),
        ("GET", f"{_PODS}/exec/log"),
        ("GET", "/api/v1/namespaces/proxy"),
        ("GET", "/apis/example.com/v1/namespaces/attach/widgets/exec"),
        ("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"),
        ("POST", "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews"),
    ],
)
def test_reads_and_questions_about_our_own_rights_pass(method: str, path: str) -> None:
    require_read_only(method, path)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", _PODS),
        ("PUT", f"{_PODS}/web"),
        ("PATCH", f"{_PODS}/web"),
        ("DELETE", f"{_PODS}/web"),
        ("get", _PODS),
        ("POST", f"{_PODS}/web/eviction"),
        ("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews"),
        ("POST", "/apis/authentication.k8s.io/v1/tokenreviews"),
        ("GET", f"{_PODS}/web/exec"),
        ("GET", f"{_PODS}/web/attach"),
        ("GET", f"{_PODS}/web/portforward"),
        ("GET", f"{_PODS}/web/proxy/admin"),
        ("GET", "/api/v1/nodes/node-1/proxy/run"),
        ("GET", "/api/v1/proxy/namespaces/shop/pods/web"),
        ("GET", "/logs/kube-apiserver.log"),
        ("GET", "https://elsewhere.example.com/version"),
        ("GET", "/version?x=1"),
    ],
)
def test_everything_else_is_refused(method: str, path: str) -> None:
    with pytest.raises(WriteRefused):
        require_read_only(method, path)
