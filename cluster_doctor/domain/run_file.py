"""How a file is called that holds one run."""

from __future__ import annotations

SUFFIX = ".cdrun"
