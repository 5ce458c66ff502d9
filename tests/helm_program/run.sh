#!/bin/bash
# Runs the tests that render charts, with the real Helm: builds it if it is not there.
#   PYTHON=P   the Python that has the project and its test dependencies
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
"$here/build.sh"
cd "$here/../.."
bin=$HOME/.cache/cluster-doctor-tests/helm-$(sha256sum <"$here/go.mod" | cut -c1-16)
PATH=$bin:$PATH CLUSTER_DOCTOR_TEST_HELM=required exec "${PYTHON:-python3}" -m pytest \
  tests/helm_program tests/remediation/gitops/test_helm_source.py tests/remediation/proposals/test_rehearsing.py "$@"
