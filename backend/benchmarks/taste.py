"""Does retraining learn a taste? A simulated owner rates what a model draws; the model is retrained
through the product's own path; fresh pictures of other subjects are judged by the same rule.

    python -m benchmarks.taste                          every rule, 25 to 200 ratings
    python -m benchmarks.taste --rule warm --ratings 200 --seeds 1 2 3
    python -m benchmarks.taste --tiny                   seconds, to see that it runs

The peer is the model before retraining, asked for the same fresh prompts with the same seeds in the
same run. *Adherence* is the share of neutral prompts, which say everything, whose subject and
background the starter's judge recognises; it must not suffer. The judge and its training pictures
need the emoji font, as ``tastemaker starter evaluate`` does. The table is printed last.
"""

from __future__ import annotations

import argparse
import json
import logging
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from math import inf
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from benchmarks import judged
from benchmarks.owners import RULES, prompts, share
from tastemaker import retraining
from tastemaker.diffusion.components import Components
from tastemaker.domain import GenerationRequest, NewImage
from tastemaker.drawing import load
from tastemaker.feedback import Feedback
from tastemaker.gallery import Gallery
from tastemaker.settings import Settings
from tastemaker.starter import WEIGHTS
from tastemaker.starter.evaluate import Question, preset_of, unseen_singles
from tastemaker.starter.judge import Judge, labels, train_judge, verdicts
from tastemaker.starter.presets import PRESETS
from tastemaker.starter.recipe import composer_of, vocabulary_of
from tastemaker.starter.vocabulary import Vocabulary
from tastemaker.storage.pictures import make_thumbnail
from tastemaker.storage.png import encode_png
from tastemaker.training.options import Method
from tastemaker.training.progress import Observer
from tastemaker.wiring import open_storage

_BACKGROUND = 5
PACKAGED = "starter"


@dataclass(frozen=True)
class Adherence:
    """Shares of neutral prompts whose subject, and whose background, came out right."""

    subject: float
    background: float


@dataclass(frozen=True)
class Row:
    """One retraining: what the owner liked before and after, and what it cost."""

    rule: str
    ratings: int
    seed: int
    method: str
    before: float
    after: float
    adherence_before: Adherence | None
    adherence_after: Adherence | None
    auc: Mapping[str, float] | None
    better: bool | None
    steps: int
    seconds: float


def draw(
    components: Components, request: GenerationRequest, texts: Sequence[str], first_seed: int
) -> list[Image.Image]:
    """One picture per prompt, prompt i from seed ``first_seed + i``, all through one engine."""
    return judged.draw(
        components,
        [
            judged.Work(replace(request, prompt=text, seed=first_seed + number))
            for number, text in enumerate(texts)
        ],
    )


class Bench:
    """The model as it was, its owner's fresh and neutral prompts, and the judge."""

    def __init__(
        self, weights: Path | None, vocabulary: Vocabulary, judge: Judge | None, fresh: int
    ) -> None:
        self.vocabulary, self.judge, self._fresh = vocabulary, judge, fresh
        self._weights = weights
        with tempfile.TemporaryDirectory() as folder:
            settings, self.model = self._studio(Path(folder))
            info, self.parent = load(settings, self.model)
        assert info.defaults is not None
        values = asdict(info.defaults)
        self.request = GenerationRequest(prompt="", model=self.model, seed=0, **values)
        self._neutral: list[Question] = []
        if judge:
            self._neutral = judged.some_of(unseen_singles(vocabulary, fresh), fresh)
        self._before = self.adherence(self.parent)

    def _studio(self, folder: Path) -> tuple[Settings, str]:
        """A new offline studio, and the name of the model under test in it."""
        settings = Settings(data_dir=folder / "data", models_dir=folder / "models", offline=True)
        if self._weights is None:
            return settings, PACKAGED
        settings.models_dir.mkdir(parents=True)
        (settings.models_dir / "candidate").symlink_to(self._weights.resolve())
        return settings, "candidate"

    def liked(self, components: Components, rule: str, seed: int) -> float:
        """Share of fresh pictures that the owner likes."""
        texts = prompts(self.vocabulary, self._fresh, seed, fresh=True)
        return share(RULES[rule], draw(components, self.request, texts, 700_000 + 1000 * seed))

    def adherence(self, components: Components) -> Adherence | None:
        """How well neutral prompts are followed; ``None`` without a judge."""
        if self.judge is None:
            return None
        texts = [question.prompt for question in self._neutral]
        pictures = draw(components, self.request, texts, 900_000)
        pixels = np.stack([np.asarray(p, dtype=np.float32) / 127.5 - 1 for p in pictures])
        said = verdicts(self.judge, torch.from_numpy(pixels).permute(0, 3, 1, 2))
        right = said == labels([q.scene for q in self._neutral], self.vocabulary)
        means = right.float().mean(0)
        return Adherence(means[0].item(), means[_BACKGROUND].item())

    def run(
        self,
        rule: str,
        ratings: int,
        seed: int,
        method: Method | None,
        changes: Mapping[str, Any],
        keep: Path | None = None,
    ) -> Row:
        """Rate ``ratings`` pictures of a new studio, retrain in it, and look at what came out."""
        with tempfile.TemporaryDirectory() as folder:
            settings, model = self._studio(Path(folder))
            texts = prompts(self.vocabulary, ratings, seed, fresh=False)
            pictures = draw(self.parent, self.request, texts, 1 + 1000 * seed)
            fill(settings, self.request, texts, pictures, rule)
            before = self.liked(self.parent, rule, seed)
            started = time.monotonic()
            made = retraining.start(
                settings,
                "gallery",
                Observer(),
                name="taught",
                model=model,
                method=method,
                changes={"seed": seed, **changes},
            )
            seconds = time.monotonic() - started
            assert made.version is not None
            _, taught = load(settings, "taught")
            if keep is not None:
                grid = retraining.version_folder(settings, "taught") / "grid-after.png"
                keep.mkdir(parents=True, exist_ok=True)
                (keep / f"{rule}-{ratings}-{seed}.png").write_bytes(grid.read_bytes())
            return Row(
                rule,
                ratings,
                seed,
                made.version.method,
                before,
                self.liked(taught, rule, seed),
                self._before,
                self.adherence(taught),
                made.version.metrics.get("rating_auc"),
                made.outcome.better,
                made.version.steps,
                seconds,
            )


def fill(
    settings: Settings,
    request: GenerationRequest,
    texts: Sequence[str],
    pictures: Sequence[Image.Image],
    rule: str,
) -> None:
    """Put the pictures into the gallery, each rated by the rule."""
    database, blobs = open_storage(settings)
    gallery = Gallery(database, blobs)
    feedback = Feedback(database)
    for text, picture in zip(texts, pictures, strict=True):
        image = NewImage(
            prompt=text,
            negative_prompt="",
            seed=0,
            params={},
            width=picture.width,
            height=picture.height,
            model=request.model,
            content=blobs.put(encode_png(picture, {})),
            thumbnail=blobs.put(make_thumbnail(picture)),
        )
        feedback.rate(gallery.add(image).id, 1 if RULES[rule](picture) else -1)
    database.close()


def table(rows: Sequence[Row]) -> str:
    """For people: one line per retraining."""
    head = (
        f"{'rule':8} {'ratings':>7} {'seed':>4} {'method':10} {'liked before':>12} {'after':>6} "
        f"{'ratio':>6} {'subject':>14} {'background':>14} {'held-out AUC':>18} {'steps':>6} "
        f"{'s':>5}"
    )
    lines = [head]
    for row in rows:
        pair = [
            f"{getattr(row.adherence_before, name):.1%}→{getattr(row.adherence_after, name):.1%}"
            if row.adherence_before and row.adherence_after
            else "-"
            for name in ("subject", "background")
        ]
        auc = "-"
        if row.auc is not None:
            auc = f"{row.auc['auc']:.2f} ({row.auc['low']:.2f}-{row.auc['high']:.2f})"
        ratio = row.after / row.before if row.before else inf
        lines.append(
            f"{row.rule:8} {row.ratings:7} {row.seed:4} {row.method:10} {row.before:12.1%} "
            f"{row.after:6.1%} {ratio:6.2f} {pair[0]:>14} {pair[1]:>14} {auc:>18} {row.steps:6} "
            f"{row.seconds:5.0f}"
        )
    return "\n".join(lines)


def main() -> None:
    """Run what was asked for and print the table last."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rule", nargs="+", choices=RULES, default=list(RULES))
    parser.add_argument("--ratings", nargs="+", type=int, default=[25, 50, 100, 200])
    parser.add_argument("--seeds", nargs="+", type=int, default=[1])
    parser.add_argument("--fresh", type=int, default=120, help="fresh pictures to judge by")
    parser.add_argument("--model", type=Path, help="a starter's folder; the packaged one if absent")
    parser.add_argument("--method", choices=[m.value for m in Method])
    parser.add_argument(
        "--set", nargs="+", default=[], metavar="NAME=VALUE", help="options of training"
    )
    parser.add_argument(
        "--work", type=Path, default=Path("data/starter-train"), help="keeps the judge"
    )
    parser.add_argument("--no-judge", action="store_true", help="leave adherence out")
    parser.add_argument("--grids", type=Path, help="keep the grids drawn after training here")
    parser.add_argument("--tiny", action="store_true", help="seconds: few pictures, two steps")
    options = parser.parse_args()
    logging.disable(logging.WARNING)
    torch.set_flush_denormal(True)
    changes = dict(_setting(text) for text in options.set)
    if options.tiny:
        options.ratings, options.fresh, options.rule = [12], 6, ["warm"]
        changes |= {"max_steps": 2, "checkpoint_every": 2}
    preset = PRESETS[preset_of(options.model or WEIGHTS)]
    vocabulary = vocabulary_of(preset)
    judge = None
    if not (options.no_judge or options.tiny):
        composer = composer_of(preset, vocabulary, options.work, torch.device("cpu"))
        judge = train_judge(preset, composer, options.work)
    rows: list[Row] = []
    bench = Bench(options.model, vocabulary, judge, options.fresh)
    method = Method(options.method) if options.method else None
    for rule in options.rule:
        for ratings in options.ratings:
            for seed in options.seeds:
                rows.append(bench.run(rule, ratings, seed, method, changes, options.grids))
                print(table(rows[-1:]).splitlines()[1], flush=True)
    print(table(rows))


def _setting(text: str) -> tuple[str, Any]:
    name, value = text.split("=", 1)
    return name, json.loads(value)


if __name__ == "__main__":
    main()
