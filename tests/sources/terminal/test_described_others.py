# ruff: noqa: E501, W291, S105 - what kubectl prints is as wide as it is, and padded
"""`kubectl describe` of Services, storage, configuration, nodes and policies."""

from __future__ import annotations

from cluster_doctor.snapshot.paths import dig
from terminal.reading import only, snapshot


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


def test_a_claim_a_volume_and_a_storage_class() -> None:
    claim = """\
        Name:          data
        Namespace:     shop
        StorageClass:  
        Status:        Pending
        Volume:        
        Labels:        <none>
        Annotations:   <none>
        Finalizers:    [kubernetes.io/pvc-protection]
        Capacity:      
        Access Modes:  
        VolumeMode:    Filesystem
        Used By:       web-0
        Events:
          Type     Reason              Age               From                         Message
          ----     ------              ----              ----                         -------
          Warning  ProvisioningFailed  7s (x4 over 41s)  persistentvolume-controller  storageclass.storage.k8s.io "fast" not found
        """
    volume = """\
        Name:              pv-1
        Labels:            <none>
        Annotations:       <none>
        Finalizers:        [kubernetes.io/pv-protection]
        StorageClass:      fast
        Status:            Bound
        Claim:             shop/data
        Reclaim Policy:    Delete
        Access Modes:      RWO,ROX
        VolumeMode:        Filesystem
        Capacity:          5Gi
        Node Affinity:     
          Required Terms:  
            Term 0:        kubernetes.io/hostname in [node-a, node-b]
        Message:           
        Source:
            Type:  LocalVolume (a persistent volume backed by local storage on a node)
            Path:  /mnt/disks/1
        Events:    <none>
        """
    storage_class = """\
        Name:            fast
        IsDefaultClass:  Yes
        Annotations:     example.org/config=- name: Type
          value: "x"
        ,storageclass.kubernetes.io/is-default-class=true
        Provisioner:           example.org/disk
        Parameters:            type=ssd,zone=a
        AllowVolumeExpansion:  True
        MountOptions:          <none>
        ReclaimPolicy:         Delete
        VolumeBindingMode:     WaitForFirstConsumer
        Events:                <none>
        """
    found = only("kubectl describe pvc data -n shop", claim, "PersistentVolumeClaim")
    assert found["spec"] == {"volumeMode": "Filesystem", "storageClassName": ""}
    assert found["status"] == {"phase": "Pending"}
    found = only("kubectl describe pv pv-1", volume, "PersistentVolume")
    assert found["spec"] == {
        "storageClassName": "fast",
        "persistentVolumeReclaimPolicy": "Delete",
        "accessModes": ["ReadWriteOnce", "ReadOnlyMany"],
        "volumeMode": "Filesystem",
        "capacity": {"storage": "5Gi"},
        "claimRef": {"kind": "PersistentVolumeClaim", "namespace": "shop", "name": "data"},
        "nodeAffinity": {
            "required": {
                "nodeSelectorTerms": [
                    {
                        "matchExpressions": [
                            {"key": "kubernetes.io/hostname", "operator": "In", "values": ["node-a", "node-b"]}
                        ]
                    }
                ]
            }
        },
        "local": {"path": "/mnt/disks/1"},
    }
    assert "namespace" not in found["metadata"]  # type: ignore[operator]  # metadata is a map
    found = only("kubectl describe sc fast", storage_class, "StorageClass")
    assert found["provisioner"] == "example.org/disk"
    assert found["parameters"] == {"type": "ssd", "zone": "a"}
    assert found["volumeBindingMode"] == "WaitForFirstConsumer"
    assert found["allowVolumeExpansion"] is True
    assert dig(found, "metadata", "annotations", "storageclass.kubernetes.io/is-default-class") == "true"


def test_a_config_map_keeps_its_values_and_a_secret_only_its_keys() -> None:
    config_map = (
        "Name:         settings\nNamespace:    shop\nLabels:       <none>\nAnnotations:  <none>\n\n"
        "Data\n====\nMODE:\n----\nfast\n\napp.yaml:\n----\na: 1\nb:\n  - 2\n\n\n\nBinaryData\n====\nlogo.png: 12 bytes\n\nEvents:  <none>\n"
    )
    secret = """\
        Name:         db
        Namespace:    shop
        Labels:       <none>
        Annotations:  <none>

        Type:  Opaque

        Data
        ====
        password:  9 bytes
        user:      4 bytes
        """
    found = only("kubectl describe cm settings -n shop", config_map, "ConfigMap")
    assert found["data"] == {"MODE": "fast", "app.yaml": "a: 1\nb:\n  - 2\n"}
    assert found["binaryData"] == {"logo.png": ""}
    found = only("kubectl describe secret db -n shop", secret, "Secret")
    assert found["type"] == "Opaque"
    assert found["keys"] == ["password", "user"]
    assert "data" not in found


def test_a_service_account_and_a_role_binding() -> None:
    account = """\
        Name:                biller
        Namespace:           shop
        Labels:              <none>
        Annotations:         <none>
        Image pull secrets:  registry-a
                             registry-b (not found)
        Mountable secrets:   <none>
        Tokens:              <none>
        Events:              <none>
        """
    binding = """\
        Name:         biller
        Labels:       <none>
        Annotations:  <none>
        Role:
          Kind:  ClusterRole
          Name:  view
        Subjects:
          Kind            Name    Namespace
          ----            ----    ---------
          ServiceAccount  biller  shop
          User            ann     
        """
    found = only("kubectl describe sa biller -n shop", account, "ServiceAccount")
    assert found["imagePullSecrets"] == [{"name": "registry-a"}, {"name": "registry-b"}]
    assert "secrets" not in found
    found = only("kubectl describe rolebinding biller -n shop", binding, "RoleBinding")
    assert found["roleRef"] == {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"}
    assert found["subjects"] == [
        {"kind": "ServiceAccount", "name": "biller", "namespace": "shop"},
        {"kind": "User", "name": "ann"},
    ]


def test_a_node_keeps_conditions_taints_amounts_and_lease() -> None:
    text = """\
        Name:               node-b
        Roles:              worker
        Labels:             kubernetes.io/hostname=node-b
        Annotations:        node.alpha.kubernetes.io/ttl: 0
        CreationTimestamp:  Sun, 01 Mar 2026 08:00:00 +0800
        Taints:             node.kubernetes.io/unreachable:NoExecute
                            gpu=true:NoSchedule
        Unschedulable:      true
        Lease:
          HolderIdentity:  node-b
          AcquireTime:     <unset>
          RenewTime:       Wed, 04 Mar 2026 19:50:00 +0800
        Conditions:
          Type             Status    LastHeartbeatTime                 LastTransitionTime                Reason              Message
          ----             ------    -----------------                 ------------------                ------              -------
          MemoryPressure   Unknown   Wed, 04 Mar 2026 19:50:00 +0800   Wed, 04 Mar 2026 19:51:00 +0800   NodeStatusUnknown   Kubelet stopped posting node status.
          Ready            Unknown   Wed, 04 Mar 2026 19:50:00 +0800   Wed, 04 Mar 2026 19:51:00 +0800   NodeStatusUnknown   Kubelet stopped posting node status.
        Addresses:
          InternalIP:  10.9.8.7
          Hostname:    node-b
        Capacity:
          cpu:     4
          memory:  8Gi
        Allocatable:
          cpu:     3800m
          memory:  7Gi
        System Info:
          Kubelet Version:  v1.31.2
        PodCIDR:            10.1.2.0/24
        Non-terminated Pods:          (1 in total)
          Namespace                   Name     CPU Requests  CPU Limits  Memory Requests  Memory Limits  Age
          ---------                   ----     ------------  ----------  ---------------  -------------  ---
          shop                        front-0  100m (2%)     0 (0%)      64Mi (0%)        0 (0%)         2d
        Allocated resources:
          (Total limits may be over 100 percent, i.e., overcommitted.)
          Resource           Requests    Limits
          --------           --------    ------
          cpu                100m (2%)   0 (0%)
        Events:              <none>
        """
    cluster = snapshot(("kubectl describe node node-b", text))
    node = next(raw for raw in cluster.objects if raw["kind"] == "Node")
    assert node["spec"] == {
        "taints": [
            {"key": "node.kubernetes.io/unreachable", "effect": "NoExecute"},
            {"key": "gpu", "value": "true", "effect": "NoSchedule"},
        ],
        "unschedulable": True,
        "podCIDR": "10.1.2.0/24",
    }
    assert dig(node, "status", "conditions", 1) == {
        "type": "Ready",
        "status": "Unknown",
        "reason": "NodeStatusUnknown",
        "message": "Kubelet stopped posting node status.",
        "lastHeartbeatTime": "2026-03-04T11:50:00Z",
        "lastTransitionTime": "2026-03-04T11:51:00Z",
    }
    assert dig(node, "status", "allocatable") == {"cpu": "3800m", "memory": "7Gi"}
    lease = next(raw for raw in cluster.objects if raw["kind"] == "Lease")
    assert lease["spec"] == {"holderIdentity": "node-b", "renewTime": "2026-03-04T11:50:00Z"}
    assert not any(raw["kind"] == "Pod" for raw in cluster.objects)


def test_quotas_limit_ranges_and_namespaces() -> None:
    quota = """\
        Name:            compute
        Namespace:       shop
        Resource         Used   Hard
        --------         ----   ----
        limits.memory    900Mi  1Gi
        pods             10     10
        """
    limits = """\
        Name:       defaults
        Namespace:  shop
        Type        Resource  Min  Max  Default Request  Default Limit  Max Limit/Request Ratio
        ----        --------  ---  ---  ---------------  -------------  -----------------------
        Container   cpu       -    2    100m             500m           -
        Container   memory    8Mi  1Gi  64Mi             128Mi          -
        """
    namespace = """\
        Name:         shop
        Labels:       kubernetes.io/metadata.name=shop
        Annotations:  <none>
        Status:       Terminating

        No resource quota.

        No LimitRange resource.
        """
    found = only("kubectl describe quota compute -n shop", quota, "ResourceQuota")
    assert found["spec"] == {"hard": {"limits.memory": "1Gi", "pods": "10"}}
    assert dig(found, "status", "used") == {"limits.memory": "900Mi", "pods": "10"}
    found = only("kubectl describe limitrange defaults -n shop", limits, "LimitRange")
    assert found["spec"] == {
        "limits": [
            {
                "type": "Container",
                "min": {"memory": "8Mi"},
                "max": {"cpu": "2", "memory": "1Gi"},
                "defaultRequest": {"cpu": "100m", "memory": "64Mi"},
                "default": {"cpu": "500m", "memory": "128Mi"},
            }
        ]
    }
    found = only("kubectl describe ns shop", namespace, "Namespace")
    assert found["status"] == {"phase": "Terminating"}
    assert dig(found, "metadata", "deletionTimestamp") is not None


def test_an_autoscaler_and_a_disruption_budget() -> None:
    autoscaler = """\
        Name:                                                  front
        Namespace:                                             shop
        Labels:                                                <none>
        Annotations:                                           <none>
        CreationTimestamp:                                     Wed, 04 Mar 2026 10:00:00 +0000
        Reference:                                             Deployment/front
        Metrics:                                               ( current / target )
          resource cpu on pods  (as a percentage of request):  <unknown> / 80%
        Min replicas:                                          2
        Max replicas:                                          5
        Deployment pods:                                       2 current / 0 desired
        Conditions:
          Type           Status  Reason                   Message
          ----           ------  ------                   -------
          AbleToScale    True    SucceededGetScale        the HPA controller was able to get the target's current scale
          ScalingActive  False   FailedGetResourceMetric  the HPA was unable to compute the replica count
        Events:          <none>
        """
    budget = """\
        Name:           front
        Namespace:      shop
        Min available:  50%
        Selector:       app=front
        Status:
            Allowed disruptions:  0
            Current:              1
            Desired:              2
            Total:                3
        Events:                   <none>
        """
    found = only("kubectl describe hpa front -n shop", autoscaler, "HorizontalPodAutoscaler")
    assert found["spec"] == {
        "minReplicas": 2,
        "maxReplicas": 5,
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "front"},
        "metrics": [
            {
                "type": "Resource",
                "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}},
            }
        ],
    }
    assert dig(found, "status", "currentReplicas") == 2
    assert dig(found, "status", "conditions", 1) == {
        "type": "ScalingActive",
        "status": "False",
        "reason": "FailedGetResourceMetric",
        "message": "the HPA was unable to compute the replica count",
    }
    found = only("kubectl describe pdb front -n shop", budget, "PodDisruptionBudget")
    assert found["spec"] == {"minAvailable": "50%", "selector": {"matchLabels": {"app": "front"}}}
    assert found["status"] == {"disruptionsAllowed": 0, "currentHealthy": 1, "desiredHealthy": 2, "expectedPods": 3}


def test_kinds_without_words_of_their_own_are_read_field_by_field() -> None:
    hook = """\
        Name:         guard
        Namespace:    
        Labels:       <none>
        Annotations:  <none>
        API Version:  admissionregistration.k8s.io/v1
        Kind:         ValidatingWebhookConfiguration
        Metadata:
          Creation Timestamp:  2026-03-04T10:00:00Z
        Webhooks:
          Admission Review Versions:
            v1
          Client Config:
            Service:
              Name:        guard
              Namespace:   ops
              Path:        /check
              Port:        443
          Failure Policy:  Fail
          Match Policy:    Equivalent
          Name:            pods.guard.example
          Rules:
            API Groups:
              apps
            Operations:
              CREATE
              UPDATE
          Timeout Seconds:  10
        Events:             <none>
        """
    site = """\
        Name:         site
        Namespace:    shop
        Labels:       <none>
        Annotations:  <none>
        API Version:  example.org/v1
        Kind:         Website
        Metadata:
          Generation:  2
        Spec:
          Paused:  true
        Status:
          Conditions:
            Last Transition Time:  2026-03-04T10:00:00Z
            Message:               no route
            Reason:                NoRoute
            Status:                False
            Type:                  Ready
            Last Transition Time:  2026-03-04T10:00:00Z
            Status:                True
            Type:                  Synced
        Events:                    <none>
        """
    found = only("kubectl describe validatingwebhookconfigurations guard", hook, "ValidatingWebhookConfiguration")
    assert found["webhooks"] == [
        {
            "admissionReviewVersions": ["v1"],
            "clientConfig": {"service": {"name": "guard", "namespace": "ops", "path": "/check", "port": 443}},
            "failurePolicy": "Fail",
            "matchPolicy": "Equivalent",
            "name": "pods.guard.example",
            "rules": [{"apiGroups": ["apps"], "operations": ["CREATE", "UPDATE"]}],
            "timeoutSeconds": 10,
        }
    ]
    found = only("kubectl describe website site -n shop", site, "Website")
    assert found["apiVersion"] == "example.org/v1"
    assert found["spec"] == {"paused": True}
    assert dig(found, "status", "conditions") == [
        {
            "lastTransitionTime": "2026-03-04T10:00:00Z",
            "message": "no route",
            "reason": "NoRoute",
            "status": "False",
            "type": "Ready",
        },
        {"lastTransitionTime": "2026-03-04T10:00:00Z", "status": "True", "type": "Synced"},
    ]
