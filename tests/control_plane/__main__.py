"""`PYTHONPATH=tests python -m control_plane up|down|build`: a control plane to try things on."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

from control_plane.binaries import assets, missing
from control_plane.cluster import ControlPlane


def main() -> int:
    """Run one command."""
    parser = argparse.ArgumentParser(prog="control_plane", description=__doc__)
    parser.add_argument("command", choices=("build", "up", "down"))
    parser.add_argument("--nodes", type=int, default=3, help="nodes to simulate")
    parser.add_argument("--speed", type=float, default=4.0, help="simulated seconds per real second")
    options = parser.parse_args()
    home = Path(os.environ.get("CONTROL_PLANE_HOME") or Path.home() / ".cache" / "control-plane" / "run")
    if options.command == "build":
        return subprocess.run([Path(__file__).with_name("build.sh")], check=False).returncode
    plane = ControlPlane(home, nodes=options.nodes, speed=options.speed)
    plane.stop()
    if options.command == "down":
        return 0
    if missing():
        sys.stderr.write(f"{assets()} lacks {', '.join(missing())}; build them with: python -m control_plane build\n")
        return 1
    plane.start()
    sys.stdout.write(f"export KUBECONFIG={plane.kubeconfig} PATH={assets()}:$PATH\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
