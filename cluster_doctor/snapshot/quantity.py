"""Kubernetes quantities: `250m`, `64Mi`, `1e3`.

The grammar is that of k8s.io/apimachinery/pkg/api/resource. The kubernetes package has a parser too, but
importing it costs half a second, and a snapshot must be readable without it.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

_SUFFIX = {
    "": Decimal(1),
    "n": Decimal(10) ** -9,
    "u": Decimal(10) ** -6,
    "m": Decimal(10) ** -3,
    **{letter: Decimal(1000) ** (power + 1) for power, letter in enumerate("kMGTPE")},
    **{f"{letter}i": Decimal(1024) ** (power + 1) for power, letter in enumerate("KMGTPE")},
}
_QUANTITY = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))(?:([eE][+-]?\d{1,3})|([numkKMGTPE]i?)?)", re.ASCII)


def parse_quantity(value: object) -> Decimal | None:
    """Read a quantity in its base unit (cores, bytes, pieces); None if it is not one."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    match = _QUANTITY.fullmatch(str(value).strip())
    if not match:
        return None
    number, exponent, suffix = match.groups()
    try:
        return Decimal(number + (exponent or "")) * _SUFFIX[suffix or ""]
    except (InvalidOperation, KeyError):
        return None


def format_quantity(value: Decimal, *, binary: bool = False) -> str:
    """Write a quantity the way people write it: `250m`, `2`, `64Mi`."""
    if binary:
        for suffix in ("Ti", "Gi", "Mi", "Ki"):
            unit = _SUFFIX[suffix]
            if value >= unit:
                scaled = value / unit
                return f"{scaled.normalize():f}{suffix}" if scaled == scaled.to_integral() else f"{scaled:.1f}{suffix}"
    if value != value.to_integral() and abs(value) < 1000:
        return f"{(value * 1000).to_integral()}m"
    return f"{value.normalize():f}"
