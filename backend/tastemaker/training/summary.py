"""What came of a run, in plain and honest sentences. Knows no torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

FEW = 8
"""With fewer held-out pictures of a kind an AUC is hardly more than luck, whatever its interval."""


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
            f"It tells {auc['liked']} held-out liked from {auc['disliked']} disliked pictures with "
            f"AUC {auc['auc']:.2f} (95 % interval {auc['low']:.2f} to {auc['high']:.2f}; 0.5 is "
            "chance)."
        )
        if min(auc["liked"], auc["disliked"]) < FEW:
            lines.append("So few pictures say little: rate more to be surer.")
    if metrics.get("liked_fit_worse"):
        lines.append("Warning: it explains liked pictures worse than before; try fewer steps.")
    return lines
