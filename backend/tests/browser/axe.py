"""Deque's accessibility rules, run in a page. Knows nothing of the studio."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from playwright.sync_api import Page

_SCRIPT = Path(__file__).resolve().parents[3] / "frontend/node_modules/axe-core/axe.min.js"
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@cache
def _source() -> str:
    return _SCRIPT.read_text(encoding="utf8")


def violations(page: Page, within: str = ":root") -> list[str]:
    """Each broken rule with the elements that break it; empty when all is well.

    ``within`` is the selector of the part to look at: what covers a part of the page for a moment
    leaves less of the buttons below it than a finger needs.
    """
    # The page's policy forbids foreign script elements; the debugger's channel is not the page's.
    if not page.evaluate("'axe' in window"):
        page.evaluate(_source())
    # What passed is described for its first element only, and isn't sent.
    found = page.evaluate(
        """async ([part, tags]) => {
            const only = {runOnly: {type: "tag", values: tags}, resultTypes: ["violations"]};
            // A dialog that is still fading in covers nothing yet, as axe sees it.
            const ends = (one) => one.effect.getComputedTiming().endTime < Infinity;
            const moves = (one) => one.playState === "running" && ends(one);
            const over = (one) => one.finished.catch(() => undefined);
            for (let more = 2; ; more--) {
                await Promise.all(document.getAnimations().filter(moves).map(over));
                // What is found broken in a page that changes meanwhile may never have been so.
                let changed = false;
                const observer = new MutationObserver(() => { changed = true; });
                const all = {subtree: true, childList: true, attributes: true};
                observer.observe(document.documentElement, all);
                const {passes, violations} = await axe.run(part, only);
                observer.disconnect();
                if (!violations.length || !changed || !more) {
                    return {passes: passes.length, violations};
                }
            }
        }""",
        [within, _TAGS],
    )
    assert found["passes"], "axe looked at nothing"
    return [
        f"{rule['id']}: {node['html'][:160]} ({node['failureSummary']})"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]
