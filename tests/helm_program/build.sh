#!/bin/bash
# Builds Helm from its Go module (go.mod beside this file) into ~/.cache/cluster-doctor-tests, once for each version.
# Takes minutes the first time. Needs Go >= 1.26.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
bin=$HOME/.cache/cluster-doctor-tests/helm-$(sha256sum <"$here/go.mod" | cut -c1-16)
if [ -x "$bin/helm" ]; then
  echo "up to date: $bin"
  exit 0
fi
if ! command -v go >/dev/null; then
  if command -v helm >/dev/null; then
    echo "Go is not installed; the tests take the helm that is"
    exit 0
  fi
  echo "neither Go nor helm is installed; install one of them (Go >= 1.26)" >&2
  exit 1
fi
mkdir -p "$bin"
version=$(cd "$here" && go list -m -f '{{.Version}}' helm.sh/helm/v3)
cd "$here"
GOBIN=$bin CGO_ENABLED=0 GOFLAGS=-buildvcs=false go install -mod=readonly -trimpath -ldflags \
  "-s -w -X helm.sh/helm/v3/internal/version.version=$version" tool
echo "built Helm $version into $bin"
