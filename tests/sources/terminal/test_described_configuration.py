# ruff: noqa: E501, W291, S105 - what kubectl prints is as wide as it is, and padded
"""`kubectl describe` of storage, configuration and accounts."""

from __future__ import annotations

from cluster_doctor.snapshot.paths import dig
from terminal.reading import only


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
