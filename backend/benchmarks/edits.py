"""Does an edit show what was asked for, where it was asked for, and leave the rest alone?

    python -m benchmarks.edits                    50 prompts, inpainting and outpainting
    python -m benchmarks.edits --work FOLDER      where the starter's judge is kept
    python -m benchmarks.edits --tiny             seconds, without the judge, to see that it runs

Inpainting: the starter draws a subject, its middle is masked, and another subject is asked for on a
background on which training never showed it. The judge names what stands in the middle afterwards.
Peers are the same pictures before the edit, and chance. Outpainting: a picture is extended to the
right; the step across the seam is compared with the steps between other neighbouring columns of the
same picture. Its peer is a plain picture of the same prompt and seed that is put there instead.
The judge needs the emoji font to be trained, as ``tastemaker starter evaluate`` does.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from benchmarks.judged import (
    Work,
    add_places,
    draw,
    judge_and_composer,
    seen,
    some_of,
    the_starter,
)
from tastemaker.diffusion.components import Components
from tastemaker.domain import Box, Extend, GenerationRequest
from tastemaker.domain.regions import Sizes, size_for_whole
from tastemaker.starter.captions import plain_caption
from tastemaker.starter.evaluate import Question, preset_of, unseen_singles
from tastemaker.starter.judge import Judge, labels
from tastemaker.starter.presets import PRESETS
from tastemaker.starter.recipe import vocabulary_of
from tastemaker.starter.vocabulary import Vocabulary

_BLUR = 4
_SHARE_MASKED = 0.75
_NEAR = 24
_CENTRE, _BACKGROUND = 0, 5


@dataclass(frozen=True)
class Seam:
    """Mean absolute steps between neighbouring columns, in levels of 255: across the seam, and
    between the others within `_NEAR` pixels of it.
    """

    across: float
    elsewhere: float

    @property
    def ratio(self) -> float:
        return self.across / self.elsewhere


def middle(width: int, height: int) -> Image.Image:
    """A mask: an ellipse in the middle."""
    mask = Image.new("L", (width, height))
    beside = (1 - _SHARE_MASKED) / 2
    box = (width * beside, height * beside, width * (1 - beside), height * (1 - beside))
    ImageDraw.Draw(mask).ellipse(box, fill=255)
    return mask


def edit(
    request: GenerationRequest,
    components: Components,
    size: tuple[int, int],
    *,
    mask: str | None = None,
    extend: Extend | None = None,
) -> GenerationRequest:
    """The request for an edit of a whole picture of that size, as the API makes it."""
    width, height = (extend or Extend()).size(*size)
    best = (request.width, request.height)
    sizes = Sizes(components.size_multiple, 2 * max(best), best)
    drawn = size_for_whole(width, height, sizes)
    return replace(
        request,
        width=drawn[0],
        height=drawn[1],
        strength=1.0,
        mask=mask,
        mask_blur=_BLUR,
        extend=extend,
        region=Box(0, 0, width, height),
        final_width=width,
        final_height=height,
    )


def seam_of(picture: Image.Image, column: int) -> Seam:
    """How steep the step from ``column - 1`` to ``column`` is, and how steep others are nearby."""
    values = np.asarray(picture, dtype=np.float64)
    steps = np.abs(np.diff(values, axis=1)).mean(axis=(0, 2))
    near = steps[max(0, column - 1 - _NEAR) : column + _NEAR]
    others = np.delete(near, min(column - 1, _NEAR))
    return Seam(float(steps[column - 1]), float(others.mean()))


def untouched(before: Image.Image, after: Image.Image, mask: Image.Image) -> tuple[int, int]:
    """How many pixels outside of the mask and its blur there are, and how many have changed."""
    near = np.asarray(mask) > 0
    for axis in (0, 1):
        for _ in range(_BLUR):
            near = near | np.roll(near, 1, axis) | np.roll(near, -1, axis)
    changed: NDArray[np.bool_] = (np.asarray(before) != np.asarray(after)).any(-1)
    return int((~near).sum()), int((changed & ~near).sum())


def inpainting(
    components: Components,
    request: GenerationRequest,
    questions: Sequence[Question],
    judge: Judge | None,
    vocabulary: Vocabulary,
) -> list[str]:
    """The lines to print about masks in the middle of pictures."""
    count = len(vocabulary.subjects)
    # Another subject where the one that is asked for will stand.
    scenes = [
        replace(q.scene, subjects=((q.scene.subjects[0] + 1 + n % (count - 1)) % count,))
        for n, q in enumerate(questions)
    ]
    texts = [plain_caption(scene, vocabulary) for scene in scenes]
    before = draw(
        components,
        [Work(replace(request, prompt=t, seed=100_000 + n)) for n, t in enumerate(texts)],
    )
    mask = middle(request.width, request.height)
    works = [
        Work(
            edit(
                replace(request, prompt=question.prompt, seed=200_000 + number),
                components,
                picture.size,
                mask="sha256:benchmark",
            ),
            picture,
            mask,
        )
        for number, (question, picture) in enumerate(zip(questions, before, strict=True))
    ]
    after = draw(components, works)
    outside, changed = np.sum(
        [untouched(a, b, mask) for a, b in zip(before, after, strict=True)], axis=0
    )
    lines = [
        f"inpainting: {len(questions)} held-out prompts; the mask covers "
        f"{np.asarray(mask).mean() / 255:.0%} of the picture",
        f"  pixels outside of mask and blur: {outside:,}, changed: {changed:,}",
    ]
    if judge is not None:
        wanted = labels([q.scene for q in questions], vocabulary)
        for name, pictures in (("before", before), ("after", after)):
            right = seen(judge, pictures) == wanted
            lines.append(
                f"  {name:7} asked subject in the middle: "
                f"{right[:, _CENTRE].float().mean().item():6.1%}   background: "
                f"{right[:, _BACKGROUND].float().mean().item():6.1%}"
            )
        lines.append(f"  chance  {1 / count:.1%}")
    return lines


def outpainting(
    components: Components, request: GenerationRequest, questions: Sequence[Question]
) -> list[str]:
    """The lines to print about pictures that are extended to the right by half of their width."""
    extend = Extend(right=request.width // 2)
    plain = [
        Work(replace(request, prompt=q.prompt, seed=300_000 + n)) for n, q in enumerate(questions)
    ]
    before = draw(components, plain)
    works = [
        Work(
            edit(
                replace(request, prompt=question.prompt, seed=400_000 + number),
                components,
                picture.size,
                extend=extend,
            ),
            picture,
        )
        for number, (question, picture) in enumerate(zip(questions, before, strict=True))
    ]
    after = draw(components, works)
    alone = draw(
        components, [Work(replace(w.request, seed=400_000 + n)) for n, w in enumerate(plain)]
    )
    column = request.width
    pasted = []
    for picture, new in zip(before, alone, strict=True):
        whole = Image.new("RGB", (column + extend.right, request.height))
        whole.paste(picture, (0, 0))
        whole.paste(new, (column, 0))
        pasted.append(whole)
    lines = [f"outpainting: {len(questions)} pictures, {extend.right} pixels to the right"]
    for name, pictures in (("ours", after), ("a plain picture put there", pasted)):
        seams = [seam_of(picture, column) for picture in pictures]
        ratios = [seam.ratio for seam in seams]
        lines.append(
            f"  {name:26} across the seam {np.mean([s.across for s in seams]):5.2f} levels, "
            f"elsewhere {np.mean([s.elsewhere for s in seams]):5.2f}, ratio: median "
            f"{np.median(ratios):.2f}, 90 % below {np.quantile(ratios, 0.9):.2f}"
        )
    kept = [
        np.array_equal(np.asarray(a)[:, : column - _BLUR], np.asarray(b)[:, : column - _BLUR])
        for a, b in zip(before, after, strict=True)
    ]
    lines.append(f"  old pixels identical beyond the blur: {sum(kept)} of {len(kept)} pictures")
    return lines


def main() -> None:
    """Run what was asked for and print it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--prompts", type=int, default=50)
    add_places(parser)
    parser.add_argument("--tiny", action="store_true", help="two prompts, two steps, no judge")
    options = parser.parse_args()
    components, request = the_starter(options.weights)
    judge = None
    if options.tiny:
        vocabulary = vocabulary_of(PRESETS[preset_of(options.weights)])
        options.prompts, request = 2, replace(request, num_inference_steps=2)
    else:
        judge, composer = judge_and_composer(options.work, options.weights)
        vocabulary = composer.vocabulary
    questions = some_of(unseen_singles(vocabulary, options.prompts), options.prompts)
    print("\n".join(inpainting(components, request, questions, judge, vocabulary)), flush=True)
    print("\n".join(outpainting(components, request, questions)))


if __name__ == "__main__":
    main()
