#!/bin/bash
# Installs LangGraph's development server, and what this package needs, into a virtual environment of their own below
# ~/.cache/cluster-doctor-tests, once for each set of versions. Takes a minute or two the first time.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
venv=$HOME/.cache/cluster-doctor-tests/langgraph-$(cat "$here/requirements.txt" "$root/constraints.txt" | sha256sum | cut -c1-16)
if [ -e "$venv/.ready" ]; then
  echo "up to date: $venv"
  exit 0
fi
rm -rf "$venv"
"${PYTHON:-python3}" -m venv "$venv"
# The server brings OpenTelemetry and protobuf of its own.
grep -vE '^(opentelemetry|protobuf|googleapis)' "$root/constraints.txt" >"$venv/constraints.txt"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  --constraint "$venv/constraints.txt" --requirement "$here/requirements.txt" "$root"
# The checkout is what is tested, not a copy of it.
"$venv/bin/python" -m pip uninstall --quiet --disable-pip-version-check --yes cluster-doctor
touch "$venv/.ready"
echo "installed into $venv"
