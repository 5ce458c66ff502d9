"""`kubectl describe` of Services, endpoints, Ingresses and network policies."""

from __future__ import annotations

from cluster_doctor.snapshot.paths import dig
from terminal.reading import only


def test_a_service_keeps_each_port_with_its_target_and_node_port() -> None:
    text = """\
        Name:                     front
        Namespace:                shop
        Labels:                   <none>
        Annotations:              <none>
        Selector:                 app=front,track=stable
        Type:                     NodePort
        IP Family Policy:         SingleStack
        IP Families:              IPv4
        IP:                       10.96.1.2
        IPs:                      10.96.1.2
        Port:                     http  80/TCP
        TargetPort:               web/TCP
        NodePort:                 http  30080/TCP
        Endpoints:                10.1.0.4:8080
        Port:                     dns  53/UDP
        TargetPort:               5353/UDP
        NodePort:                 dns  30053/UDP
        Endpoints:                <none>
        Session Affinity:         None
        External Traffic Policy:  Cluster
        Internal Traffic Policy:  Cluster
        Events:                   <none>
        """
    found = only("kubectl describe svc front -n shop", text, "Service")
    assert found["spec"] == {
        "selector": {"app": "front", "track": "stable"},
        "type": "NodePort",
        "clusterIP": "10.96.1.2",
        "ports": [
            {"port": 80, "protocol": "TCP", "name": "http", "targetPort": "web", "nodePort": 30080},
            {"port": 53, "protocol": "UDP", "name": "dns", "targetPort": 5353, "nodePort": 30053},
        ],
        "sessionAffinity": "None",
        "ipFamilyPolicy": "SingleStack",
        "externalTrafficPolicy": "Cluster",
        "internalTrafficPolicy": "Cluster",
    }


def test_a_headless_service_and_an_unnamed_port() -> None:
    text = """\
        Name:              db
        Namespace:         shop
        Labels:            <none>
        Annotations:       <none>
        Selector:          <none>
        Type:              ClusterIP
        IP:                None
        Port:              <unset>  5432/TCP
        TargetPort:        5432/TCP
        Endpoints:         <none>
        Session Affinity:  None
        Events:            <none>
        """
    found = only("kubectl describe svc db -n shop", text, "Service")
    assert dig(found, "spec", "clusterIP") == "None"
    assert dig(found, "spec", "ports") == [{"port": 5432, "protocol": "TCP", "targetPort": 5432}]
    assert dig(found, "spec", "selector") == {}


def test_endpoints_tell_ready_addresses_from_those_that_are_not() -> None:
    text = """\
        Name:         front
        Namespace:    shop
        Labels:       <none>
        Annotations:  <none>
        Subsets:
          Addresses:          10.1.0.4,10.1.0.5
          NotReadyAddresses:  10.1.0.9
          Ports:
            Name     Port  Protocol
            ----     ----  --------
            <unset>  8080  TCP

        Events:  <none>
        """
    found = only("kubectl describe endpoints front -n shop", text, "Endpoints")
    assert found["subsets"] == [
        {
            "addresses": [{"ip": "10.1.0.4"}, {"ip": "10.1.0.5"}],
            "notReadyAddresses": [{"ip": "10.1.0.9"}],
            "ports": [{"port": 8080, "protocol": "TCP"}],
        }
    ]


def test_an_ingress_leads_to_its_services() -> None:
    text = """\
        Name:             site
        Labels:           <none>
        Namespace:        shop
        Address:          192.0.2.7
        Ingress Class:    nginx
        Default backend:  <default>
        TLS:
          site-tls terminates shop.example,www.shop.example
        Rules:
          Host          Path  Backends
          ----          ----  --------
          shop.example
                        /      front:http (10.1.0.4:8080)
                        /api   api:8080 (<error: services "api" not found>)
          *
                        /   front:80 (<none>)
        Annotations:    example.org/x: y
        Events:         <none>
        """
    found = only("kubectl describe ingress site -n shop", text, "Ingress")
    assert dig(found, "spec", "ingressClassName") == "nginx"
    assert dig(found, "spec", "tls") == [{"secretName": "site-tls", "hosts": ["shop.example", "www.shop.example"]}]
    assert dig(found, "spec", "rules") == [
        {
            "host": "shop.example",
            "http": {
                "paths": [
                    {"path": "/", "backend": {"service": {"name": "front", "port": {"name": "http"}}}},
                    {"path": "/api", "backend": {"service": {"name": "api", "port": {"number": 8080}}}},
                ]
            },
        },
        {"http": {"paths": [{"path": "/", "backend": {"service": {"name": "front", "port": {"number": 80}}}}]}},
    ]


def test_a_network_policy_that_isolates_has_no_rules_and_one_that_allows_has_some() -> None:
    isolating = """\
        Name:         closed
        Namespace:    shop
        Created on:   2026-03-04 09:00:00 +0800 CST
        Labels:       <none>
        Annotations:  <none>
        Spec:
          PodSelector:     app=front
          Allowing ingress traffic:
            <none> (Selected pods are isolated for ingress connectivity)
          Not affecting egress traffic
          Policy Types: Ingress
        """
    allowing = """\
        Name:         open
        Namespace:    shop
        Created on:   2026-03-04 09:00:00 +0800 CST
        Labels:       <none>
        Annotations:  <none>
        Spec:
          PodSelector:     <none> (Allowing the specific traffic to all pods in this namespace)
          Allowing ingress traffic:
            To Port: 6379/TCP
            From:
              PodSelector: role=client
            ----------
            To Port: <any> (traffic allowed to all ports)
            From: <any> (traffic not restricted by source)
          Allowing egress traffic:
            To Port: 53/UDP
            To:
              IPBlock:
                CIDR: 10.0.0.0/8
                Except: 10.9.0.0/16
          Policy Types: Ingress, Egress
        """
    found = only("kubectl describe netpol closed -n shop", isolating, "NetworkPolicy")
    assert found["spec"] == {
        "podSelector": {"matchLabels": {"app": "front"}}, "policyTypes": ["Ingress"], "ingress": [],
    }  # fmt: skip
    assert dig(found, "metadata", "creationTimestamp") == "2026-03-04T01:00:00Z"
    found = only("kubectl describe netpol open -n shop", allowing, "NetworkPolicy")
    assert found["spec"] == {
        "podSelector": {},
        "policyTypes": ["Ingress", "Egress"],
        "ingress": [
            {
                "ports": [{"port": 6379, "protocol": "TCP"}],
                "from": [{"podSelector": {"matchLabels": {"role": "client"}}}],
            },
            {},
        ],
        "egress": [
            {
                "ports": [{"port": 53, "protocol": "UDP"}],
                "to": [{"ipBlock": {"cidr": "10.0.0.0/8", "except": ["10.9.0.0/16"]}}],
            }
        ],
    }
