"""Does the look of a reference carry over to a prompt, and is the prompt still followed?

    python -m benchmarks.looks                    50 cases on the packaged starter
    python -m benchmarks.looks --work FOLDER      where the starter's judge is kept
    python -m benchmarks.looks --strength 0.5 0.75 1

A reference is a real composite in one of the starter's looks; the prompt asks for another subject
on a background on which training never showed it, and says nothing of a look. The judge names the
look, the subject and the background. Once through the starter's own IP-Adapter, once by matching
statistics, as for models without one. The peers are the same prompts and seeds without a reference,
and with the look asked for in words, which is the ceiling; so is the judge's own score on the
references, which is printed first.
"""

from __future__ import annotations

import argparse
import random
from dataclasses import replace
from pathlib import Path

import torch
from PIL import Image

from benchmarks.judged import Work, add_places, draw, judge_and_composer, seen, some_of, the_starter
from tastemaker.diffusion.components import Components
from tastemaker.domain import StyleReference
from tastemaker.starter.compose import Composer
from tastemaker.starter.evaluate import Question, unseen_singles
from tastemaker.starter.judge import labels
from tastemaker.starter.loop import step_generator
from tastemaker.starter.scenes import Arrangement, Scene
from tastemaker.starter.vocabulary import LOOKS

_SEED = 21
_IN_WORDS = "asked for in words"
_CENTRE, _BACKGROUND, _LOOK = 0, 5, 6


def references(composer: Composer, questions: list[Question]) -> list[Scene]:
    """A scene for each question: the looks in turn, another subject, any background."""
    rng = random.Random(_SEED)
    vocabulary = composer.vocabulary
    scenes = []
    for number, question in enumerate(questions):
        others = [s for s in range(len(vocabulary.subjects)) if s not in question.scene.subjects]
        scenes.append(
            Scene(
                Arrangement.SINGLE,
                (rng.choice(others),),
                rng.randrange(len(vocabulary.backgrounds)),
                look=1 + number % (len(vocabulary.looks) - 1),
            )
        )
    return scenes


def rendered(composer: Composer, scenes: list[Scene]) -> list[Image.Image]:
    """Composites of these scenes."""
    pixels = composer.render(scenes, step_generator(_SEED, 0)).permute(0, 2, 3, 1)
    levels = ((pixels + 1) * 127.5).round().clamp(0, 255).byte().numpy()
    return [Image.fromarray(picture) for picture in levels]


def sheet(rows: list[list[Image.Image]], path: Path) -> None:
    """One row under the other, the first dozen columns."""
    width, height = rows[0][0].size
    columns = min(12, len(rows[0]))
    whole = Image.new("RGB", (columns * width, len(rows) * height))
    for y, row in enumerate(rows):
        for x, picture in enumerate(row[:columns]):
            whole.paste(picture, (x * width, y * height))
    whole.save(path)


def main() -> None:
    """Draw with and without references and print what the judge says."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--cases", type=int, default=50)
    parser.add_argument("--strength", type=float, nargs="+", default=[0.75, 1.0])
    parser.add_argument("--sheet", type=Path, help="where to put a dozen cases as a PNG")
    add_places(parser)
    options = parser.parse_args()
    components, request = the_starter(options.weights)
    judge, composer = judge_and_composer(options.work, options.weights)
    vocabulary = composer.vocabulary
    if len(vocabulary.looks) < 2:
        raise SystemExit("This starter knows one look only; there is nothing to carry over.")
    questions = some_of(unseen_singles(vocabulary, options.cases), options.cases)
    scenes = references(composer, questions)
    pictures = rendered(composer, scenes)
    wanted = labels([question.scene for question in questions], vocabulary)
    look = labels(scenes, vocabulary)[:, _LOOK]
    ceiling = (seen(judge, pictures)[:, _LOOK] == look).float().mean().item()
    print(f"{len(questions)} cases; the judge finds the look of {ceiling:.0%} of the references")
    print(f"{'':24} {'look':>6} {'subject':>8} {'background':>11}   look by look")
    rows = [pictures]
    sides: list[tuple[str, Components, float | None]] = [
        ("no reference", components, None),
        (_IN_WORDS, components, None),
    ]
    for strength in options.strength:
        statistics = replace(components, ip_adapters=())
        sides.append((f"adapter, strength {strength:g}", components, strength))
        sides.append((f"statistics, strength {strength:g}", statistics, strength))
    for name, parts, strength in sides:
        works = []
        for number, (question, picture) in enumerate(zip(questions, pictures, strict=True)):
            one = replace(request, prompt=question.prompt, seed=500_000 + number)
            if name == _IN_WORDS:
                asked = LOOKS[vocabulary.looks[scenes[number].look]][0]
                one = replace(one, prompt=f"{question.prompt}, {asked}")
            if strength is not None:
                one = replace(one, style_reference=StyleReference("sha256:benchmark", strength))
            works.append(Work(one, style=picture))
        drawn = draw(parts, works)
        rows.append(drawn)
        said = seen(judge, drawn)
        found = said[:, _LOOK] == look
        share = {
            look_name: float(found[look == 1 + number].float().mean())
            for number, look_name in enumerate(vocabulary.looks)
            if number
        }
        right = [
            float((said[:, head] == wanted[:, head]).float().mean())
            for head in (_CENTRE, _BACKGROUND)
        ]
        print(
            f"{name:24} {found.float().mean().item():6.0%} {right[0]:8.0%} {right[1]:11.0%}   "
            + ", ".join(f"{look_name} {value:.0%}" for look_name, value in share.items()),
            flush=True,
        )
    if options.sheet is not None:
        sheet(rows, options.sheet)


if __name__ == "__main__":
    torch.set_flush_denormal(True)
    main()
