"""The specialists' prompts: one Markdown file each, beside the house rules.

They are text, not code: no file is imported, and nothing is put into them by formatting.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from cluster_doctor.tools.table import Specialist

HOUSE_RULES = "house-rules"


def prompt_for(specialist: Specialist) -> str:
    """The specialist's own prompt, after the house rules."""
    return f"{_read(HOUSE_RULES)}\n{_read(specialist.value)}"


@cache
def prompts_folder() -> Path:
    """Find the prompts: inside the package when it was installed from a wheel, beside it in a checkout.

    Raises:
        FileNotFoundError: they are in neither place; the installation is broken.
    """
    package = Path(__file__).parents[1]
    for folder in (package / "prompts", package.parent / "prompts"):
        if (folder / f"{HOUSE_RULES}.md").is_file():
            return folder
    msg = f"no prompts in {package} or beside it; install cluster-doctor again"
    raise FileNotFoundError(msg)


def _read(name: str) -> str:
    return (prompts_folder() / f"{name}.md").read_text(encoding="utf-8")
