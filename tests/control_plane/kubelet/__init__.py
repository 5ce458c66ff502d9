"""A simulated kubelet for several nodes: real API objects, no containers.

It registers nodes, keeps their leases and conditions, and drives each Pod bound to one of them through a small
model of the kubelet's own work: volumes, sandbox, image, configuration, start, probes, exit, back-off, eviction,
termination. What it writes (status fields, Event reasons and messages) is what the kubelet of Kubernetes 1.36
writes. What refers to a missing ConfigMap, Secret or key fails by itself, and heals when the object appears.

Annotations of a Pod say what its containers do (`sim/behaviour` the first container, `sim/behaviour.NAME` a named
one; `KIND:key=value;key=value`, times in simulated seconds), and what they print (`sim/log`, `sim/log.NAME`):

    running     ready=0      seconds until the readiness probe passes
    crashloop   exit=1 run=1 restarts=0 ready=0
    oom         run=3 restarts=0
    completed   run=3
    imagepull   error=notfound|unauthorized|dns|timeout|ratelimit|x509|invalidname
    configerror kind=configmap name=NAME
    createerror
    starterror
    notready    after=0 probe=status|refused|timeout
    livenessfail after=10 probe=…
    startupfail
    initcrash   as crashloop, for the first init container
    evicted     resource=memory after=5 using=1536Mi max=1
    sandboxfail
    mountfail   volume=data
    stuckterm   never finishes terminating

`sim/while: TEXT` bounds all of this: it holds only while the Pod's spec, as JSON (`"image": "web:2"`), holds TEXT;
otherwise the containers are well. So a fault in a workload's template goes away when the template is corrected.

Annotation `sim/node` of a Node: ready, lost, notready, memorypressure, diskpressure.

These are stage directions: whatever records a cluster for a test leaves them out.
"""
