"""Fails when the accuracy on recorded incidents falls below what was reached before."""

import json
import sys
from pathlib import Path

FLOOR = {"top1": 0.98, "top3": 0.99}

summary = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))["summary"]
print(f"{summary['cases']} cases: top-1 {summary['top1']:.4f}, top-3 {summary['top3']:.4f}")
print(f"calibration error {summary['calibration_error']:.4f}, {summary['seconds_median']:.3f} s median")
low = [f"{name} {summary[name]:.4f} is below {least}" for name, least in FLOOR.items() if summary[name] < least]
if low:
    sys.exit("; ".join(low))
