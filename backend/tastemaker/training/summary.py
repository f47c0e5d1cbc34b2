"""What came of a run, in plain and honest sentences. Knows no torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def summary(metrics: Mapping[str, Any]) -> list[str]:
    """What was learned, honestly, in a few lines."""
    better = metrics["better_than_parent"]
    if better is None:
        lines = ["No pictures were left to check it with: compare the grids yourself."]
    elif better:
        lines = ["On pictures held out from training it is better than the model before."]
    else:
        lines = [
            "It is NOT better than the model before on pictures held out from training: keep the "
            "old one, rate more pictures, or train with other settings."
        ]
    auc = metrics.get("rating_auc")
    if auc is not None:
        lines.append(
            f"It tells held-out liked from disliked pictures with AUC {auc['auc']:.2f} (95 % "
            f"interval {auc['low']:.2f} to {auc['high']:.2f}; 0.5 is chance)."
        )
    if metrics.get("liked_fit_worse"):
        lines.append("Warning: it explains liked pictures worse than before; try fewer steps.")
    return lines
