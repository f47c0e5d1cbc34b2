"""A whole starter, trained for seconds: stages resume exactly, and what is exported is a pipeline
that draws.
"""

import json
import random
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from diffusers import StableDiffusionPipeline

from tastemaker.errors import InvalidInput
from tastemaker.starter import autoencoder, glyphs
from tastemaker.starter.evaluate import as_json, as_text, evaluate, preset_of, unseen_looks
from tastemaker.starter.examples import presentation_of
from tastemaker.starter.export import export_starter
from tastemaker.starter.judge import train_judge
from tastemaker.starter.loop import Schedule, train
from tastemaker.starter.optimizer import orthogonalise
from tastemaker.starter.recipe import composer_of, load_starter, train_starter, vocabulary_of
from tastemaker.starter.scenes import Arrangement, Scene, is_held_out, sample_scene
from tastemaker.starter.subjects import familiar_subjects
from tastemaker.starter.text_encoder import SLOTS, codebook, read_slots, slot_labels, slot_loss
from tastemaker.starter.tokenizer import build_tokenizer
from tastemaker.starter.vocabulary import LOOKS, Vocabulary, backgrounds
from tests.starter.small import SMALL, STEPS, disc_glyphs

CPU = torch.device("cpu")


@pytest.mark.parametrize("lanes", [1, 2])
def test_a_resumed_stage_ends_with_the_very_same_weights(tmp_path: Path, lanes: int) -> None:
    def run(folder: Path, stops: list[int]) -> dict[str, torch.Tensor]:
        for stop in stops:
            torch.manual_seed(0)
            module = torch.nn.Sequential(
                torch.nn.Linear(4, 8), torch.nn.GELU(), torch.nn.Linear(8, 2)
            )

            def loss_at(step: int, stop: int = stop, module: torch.nn.Module = module):  # type: ignore[no-untyped-def]
                if step >= stop * lanes:
                    raise KeyboardInterrupt
                noise = torch.randn(16, 4, generator=torch.Generator().manual_seed(step))
                return module(noise).square().mean(), {}

            schedule = Schedule(steps=6, learning_rate=1e-2, warmup=2)
            try:
                train("s", module, loss_at, schedule, folder, save_minutes=0, lanes=lanes)
            except KeyboardInterrupt:
                continue
        return module.state_dict()

    straight = run(tmp_path / "a", [99])
    resumed = run(tmp_path / "b", [2, 4, 99])
    assert all(torch.equal(straight[name], resumed[name]) for name in straight)


@pytest.mark.parametrize(("goes_on", "steps"), [(False, 3), (True, 5)])
def test_a_stage_that_was_done_learns_more_only_if_it_may(
    tmp_path: Path, goes_on: bool, steps: int
) -> None:
    """What other stages were made from must not change any more, however long it might learn."""
    module = torch.nn.Linear(2, 2)

    def loss_at(step: int) -> tuple[torch.Tensor, dict[str, float]]:
        return module(torch.ones(1, 2)).square().mean(), {}

    for budget in (3, 5):
        schedule = Schedule(steps=budget, learning_rate=1e-2)
        done = train("s", module, loss_at, schedule, tmp_path, goes_on=goes_on)
    assert (done.step, done.done) == (steps, True)


@pytest.mark.parametrize("channels", [(8, 8, 8, 16), (8, 8, 8, 8, 16)])
def test_the_short_way_through_the_encoder_gives_what_the_whole_encoder_gives(
    tmp_path: Path, channels: tuple[int, ...]
) -> None:
    preset = replace(SMALL, vae_channels=channels)
    composer = composer_of(preset, vocabulary_of(preset), tmp_path, CPU, disc_glyphs)
    vae = autoencoder.train_inner(preset, composer, tmp_path)
    pictures = autoencoder.batch(composer, preset.vae_mix, 2, 0, 0)
    with torch.no_grad():
        whole, short = vae.encode(pictures).latent_dist, autoencoder.encode(vae, pictures)
    assert short.mean.shape[-1] == preset.latent_size
    torch.testing.assert_close(whole.mean, short.mean, atol=1e-5, rtol=1e-5)


def test_newton_schulz_brings_singular_values_near_one() -> None:
    generator = torch.Generator().manual_seed(0)
    for shape in ((2, 16, 144), (1, 96, 24)):
        values = torch.linalg.svdvals(orthogonalise(torch.randn(shape, generator=generator)))
        assert 0.6 < float(values.min()) <= float(values.max()) < 1.25


def test_the_tokenizer_returns_the_words_and_knows_every_letter(tmp_path: Path) -> None:
    tokenizer = build_tokenizer(SMALL, vocabulary_of(SMALL), tmp_path / "tokenizer")
    for text in ("a puppy in space", "three cats on the grass", "crème brûlée № 5", "zyxgub"):
        ids = tokenizer(text).input_ids
        assert (
            tokenizer.decode(ids, skip_special_tokens=True).replace(" ", "")
            == text.replace(" ", "").lower()
        )
    padded = tokenizer("a dog", padding="max_length", truncation=True).input_ids
    assert len(padded) == tokenizer.model_max_length == SMALL.tokens


def test_slots_can_be_read_back_from_their_codes() -> None:
    vocabulary, rng = vocabulary_of(SMALL), random.Random(0)
    drawn = [sample_scene(rng, vocabulary, SMALL.mix) for _ in range(8)]
    wanted = torch.tensor([slot_labels(scene, vocabulary) for scene in drawn])
    codes = codebook(vocabulary, 64)
    places = [torch.stack([codes[p % SLOTS][w[p % SLOTS]] for p in range(16)]) for w in wanted]
    hidden = torch.stack(places)
    assert torch.equal(read_slots(hidden, codes), wanted)
    _, numbers = slot_loss(hidden, torch.ones(8, 16, dtype=torch.bool), wanted, codes)
    assert numbers["right"] == 1


def test_labels_say_who_stands_where() -> None:
    vocabulary = vocabulary_of(SMALL)
    labels = slot_labels(Scene(Arrangement.LEFT_RIGHT, (4, 9), 2), vocabulary)
    assert labels[:6] == [0, 5, 10, 0, 0, 3]
    assert slot_labels(None, vocabulary) == [0] * SLOTS


def test_a_small_recipe_from_glyphs_to_a_pipeline_that_draws(tmp_path: Path) -> None:
    work, out = tmp_path / "work", tmp_path / "out"
    made = train_starter(SMALL, work, CPU, disc_glyphs)
    curve = (
        [json.loads(line) for line in (work / "unet.jsonl").read_text().splitlines()]
        if STEPS >= 20
        else []
    )
    assert all(point["loss"] > 0 for point in curve)
    export_starter(made, presentation_of(SMALL), out)
    assert not list(out.rglob("*.bin"))
    card = json.loads((out / "tastemaker.json").read_text())
    assert preset_of(out) == SMALL.name
    assert card["defaults"]["width"] == 32
    assert len(json.loads((out / card["vocabulary"]).read_text())["subjects"]) >= 100
    pipeline = StableDiffusionPipeline.from_pretrained(out, local_files_only=True)
    pipeline.set_progress_bar_config(disable=True)
    drawn = pipeline(
        "a dog in space", num_inference_steps=2, width=32, height=32, output_type="pt"
    ).images
    assert drawn.shape == (1, 3, 32, 32)
    assert drawn.isfinite().all()
    again = load_starter(SMALL, work, CPU)
    assert torch.equal(again.unet.conv_in.weight, made.unet.conv_in.weight)
    composer = composer_of(SMALL, made.vocabulary, work, CPU)
    large = replace(SMALL, resolution=64)
    judge = train_judge(
        large, composer_of(large, made.vocabulary, tmp_path / "j", CPU, disc_glyphs), tmp_path / "j"
    )
    assert composer.resolution == 32
    assert sum(p.numel() for p in judge.parameters()) < 2_000_000


def test_a_work_folder_belongs_to_one_preset(tmp_path: Path) -> None:
    (tmp_path / "preset.txt").write_text("full\n")
    with pytest.raises(InvalidInput, match="choose another"):
        train_starter(SMALL, tmp_path, CPU, disc_glyphs)


def test_a_missing_font_says_which_package_to_install(tmp_path: Path) -> None:
    with pytest.raises(glyphs.GlyphsUnavailable, match="fonts-noto-color-emoji"):
        glyphs.render_atlas(["dog face"], 32, tmp_path / "no.ttf")


def test_the_table_is_printed_and_exported() -> None:
    from tastemaker.starter.evaluate import Measure

    table = [Measure("single subject, top-1", 0.85, 0.99, 240, 0.8)]
    assert "85.0%" in as_text(table)
    assert as_json(table)[0]["count"] == 240
    assert callable(evaluate)


def test_looks_are_asked_for_in_combinations_that_training_never_saw() -> None:
    vocabulary = Vocabulary(familiar_subjects(), backgrounds(), ("plain", "sepia", "neon"))
    questions = unseen_looks(vocabulary, 12)
    assert len(questions) == 12
    for question in questions:
        assert is_held_out(question.scene, vocabulary)
        assert any(word in question.prompt for word in LOOKS[vocabulary.looks[question.scene.look]])
