#!/bin/bash
# Builds etcd, kube-apiserver, kube-controller-manager, kube-scheduler and kubectl from their Go modules (go.mod beside
# this file) into $KUBEBUILDER_ASSETS, else ~/.cache/control-plane/bin. Takes minutes the first time, and nothing when
# the programs already are of this version. Needs Go >= 1.26.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
bin=${KUBEBUILDER_ASSETS:-$HOME/.cache/control-plane/bin}
stamp=$bin/.built-from
want=$(sha256sum <"$here/go.mod")
if [ -s "$stamp" ] && [ "$(cat "$stamp")" = "$want" ] && [ -x "$bin/etcd" ] && [ -x "$bin/kube-apiserver" ]; then
  echo "up to date: $bin"
  exit 0
fi
if ! command -v go >/dev/null; then
  echo "Go is not installed; install Go >= 1.26, or set KUBEBUILDER_ASSETS to a folder with the programs" >&2
  exit 1
fi
mkdir -p "$bin"
rm -f "$stamp"
version=$(cd "$here" && go list -m -f '{{.Version}}' k8s.io/kubernetes)
package=k8s.io/component-base/version
cd "$here"
GOBIN=$bin CGO_ENABLED=0 GOFLAGS=-buildvcs=false go install -mod=readonly -trimpath -ldflags \
  "-s -w -X $package.gitVersion=$version -X $package.gitMajor=1 -X $package.gitMinor=$(cut -d. -f2 <<<"$version") -X $package.gitTreeState=clean" \
  tool
mv "$bin/server" "$bin/etcd"
echo "$want" >"$stamp"
echo "built Kubernetes $version into $bin"
