"""A bundle of authorities whose last one ends."""

from __future__ import annotations

from cluster_doctor.domain.findings import Directness, Match, Severity, Stage
from cluster_doctor.rules.prediction.authorities import bundles, trusting, validity
from cluster_doctor.rules.prediction.validity import ends_soon, life
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import APIService, CustomDefinition, WebhookConfiguration


@rule(
    Severity.ERROR,
    subject=WebhookConfiguration,
    stage=Stage.PREDICTION,
    directness=Directness.STATED,
    among=trusting,
)
def ca_bundle_will_expire(
    configuration: WebhookConfiguration | APIService | CustomDefinition, cluster: ClusterSnapshot
) -> Matches:
    """The last authority in the `caBundle` of a webhook, an APIService or a conversion ends within 30 days.

    Why it matters:
        From then on the API server trusts no answer of that server: what a webhook must allow is refused, and the
        kinds that an APIService serves are gone. Bundles that somebody injects are renewed by whoever does.

    Fires on:
        kind: ValidatingWebhookConfiguration
        metadata: {name: check}
        webhooks:
        - name: check.example.com
          clientConfig:
            service: {namespace: shop, name: check}
            caBundle: >-
              LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSEZNSG1nQXdJQkFnSUJBVEFGQmdNclpYQXdEVEVMTUFrR0ExVUVBd3dDWTJF
              d0hoY05NalV3TVRFeE1EQXcKTURBd1doY05Nall3TVRFeE1EQXdNREF3V2pBTk1Rc3dDUVlEVlFRRERBSmpZVEFxTUFVR0F5dGxj
              QU1oQUFOVQo5WFV6eEdmTXdoK0Vra05IbjZQb25qUGRPMVdWcjBDTGQ3S25RYTdzTUFVR0F5dGxjQU5CQUxILzdxVTA1N25TCkdB
              eFk0ckJ2N21QelhOY0RJTjVXb2VZci9ZRVFaQlBMSXdLYzVTMWJqTk5kcmMvY0N2R0dDUVVtR1FaTW1teUkKdW9zaDhUem9YZzA9
              Ci0tLS0tRU5EIENFUlRJRklDQVRFLS0tLS0K

    Stays quiet on:
        kind: ValidatingWebhookConfiguration
        metadata: {name: check, annotations: {cert-manager.io/inject-ca-from: shop/check}}
        webhooks:
        - name: check.example.com
          clientConfig:
            service: {namespace: shop, name: check}
            caBundle: >-
              LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSEZNSG1nQXdJQkFnSUJBVEFGQmdNclpYQXdEVEVMTUFrR0ExVUVBd3dDWTJF
              d0hoY05NalV3TVRFeE1EQXcKTURBd1doY05Nall3TVRFeE1EQXdNREF3V2pBTk1Rc3dDUVlEVlFRRERBSmpZVEFxTUFVR0F5dGxj
              QU1oQUFOVQo5WFV6eEdmTXdoK0Vra05IbjZQb25qUGRPMVdWcjBDTGQ3S25RYTdzTUFVR0F5dGxjQU5CQUxILzdxVTA1N25TCkdB
              eFk0ckJ2N21QelhOY0RJTjVXb2VZci9ZRVFaQlBMSXdLYzVTMWJqTk5kcmMvY0N2R0dDUVVtR1FaTW1teUkKdW9zaDhUem9YZzA9
              Ci0tLS0tRU5EIENFUlRJRklDQVRFLS0tLS0K

    Remedy:
        Make a new authority, put it into the bundle beside the old one, and have the server's certificate signed by it.

    References:
        https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/
        https://cert-manager.io/docs/concepts/ca-injector/
    """
    for path, bundle in bundles(configuration):
        span = validity(bundle)
        if span is None or not ends_soon(*span, cluster.taken_at):
            continue
        begin, end = span
        yield Match(
            message=f"the last authority in {path} of {configuration.ref} expires on {end:%Y-%m-%d %H:%M} UTC",
            evidence=(configuration.cite(path),),
            blame=configuration.ref,
            about=path,
            due=end,
            arithmetic=life(begin, end, cluster.taken_at),
        )
