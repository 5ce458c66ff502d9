#!/bin/bash
# Runs the tests that need a cluster: builds the control plane if it is not there, and lets the tests start it.
#   CLUSTER_DOCTOR_TEST_KUBECONFIG=F   take that cluster instead (scenarios create and delete namespaces in it)
#   KUBEBUILDER_ASSETS=D               take the programs in D
#   PYTHON=P                           the Python that has the project and its test dependencies
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
if [ -z "${CLUSTER_DOCTOR_TEST_KUBECONFIG:-}" ] && [ -z "${KUBEBUILDER_ASSETS:-}" ]; then
  "$here/build.sh"
fi
cd "$root"
CLUSTER_DOCTOR_TEST_CLUSTER=required exec "${PYTHON:-python3}" -m pytest tests/cluster -m cluster "$@"
