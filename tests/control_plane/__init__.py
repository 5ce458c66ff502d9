"""A real Kubernetes control plane on one machine, with a simulated kubelet: real API objects, no containers."""
