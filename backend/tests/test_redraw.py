"""A picture's record is enough to draw it again; what isn't the same is told, with the reason."""

from __future__ import annotations

import json
import queue as thread_queue
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from math import inf
from pathlib import Path
from typing import Any

import pytest
import torch
from click.testing import CliRunner, Result
from PIL import Image
from sqlalchemy import update

from tastemaker.cli import main
from tastemaker.diffusion.device import pick_device
from tastemaker.diffusion.environment import versions
from tastemaker.diffusion.outcomes import Finished
from tastemaker.domain import (
    Box,
    Extend,
    GenerationRequest,
    Hires,
    ImageRecord,
    JobKind,
    Sampler,
    Schedule,
    StyleReference,
    Upscaler,
)
from tastemaker.drawing import open_registry
from tastemaker.jobs.worker import Worker
from tastemaker.redraw import differences, evaluations_of, redraw, request_of
from tastemaker.settings import ENV_PREFIX, Settings, load_settings
from tastemaker.storage.pictures import read_picture
from tastemaker.storage.png import encode_png
from tastemaker.storage.tables import images
from tastemaker.worker_wiring import build_engine
from tests.studio import Studio, open_studio
from tests.tiny_pipeline import make_tiny_pipeline

REQUEST = GenerationRequest(
    prompt="a red apple",
    model="tiny",
    width=32,
    height=32,
    num_inference_steps=4,
    guidance_scale=3.0,
    seed=7,
    sampler=Sampler.DPMPP_2M,
    schedule=Schedule.KARRAS,
)


@pytest.fixture(autouse=True)
def _threads() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    values = {"data_dir": tmp_path / "data", "models_dir": tmp_path / "models", "device": "cpu"}
    for name, value in values.items():
        monkeypatch.setenv(ENV_PREFIX + name.upper(), str(value))
    make_tiny_pipeline(tmp_path / "models" / "tiny")
    (tmp_path / "data").mkdir()
    return load_settings()


@pytest.fixture
def studio(settings: Settings) -> Studio:
    return open_studio(settings.data_dir)


Draw = Callable[..., list[int]]


@pytest.fixture
def draw(studio: Studio, settings: Settings) -> Draw:
    """Draws requests together, as the worker process does; returns the pictures' ids."""

    def drawn(*requests: GenerationRequest, **changes: Any) -> list[int]:
        chosen = settings.model_copy(update=changes)
        engine = build_engine(chosen, open_registry(chosen), pick_device("cpu"))
        commands: thread_queue.Queue[tuple[str, str]] = thread_queue.Queue()
        jobs = [studio.queue.submit(JobKind.GENERATE, request)[0].id for request in requests]

        def emit(event: Any) -> None:
            if event.type == "job" and all(studio.queue.get(j).state.is_final for j in jobs):
                commands.put(("stop", ""))

        worker = Worker(
            "token", studio.queue, studio.blobs, engine, commands, emit, max_pixels=10**6
        )
        worker.run()
        return [image_id for job in jobs for image_id in studio.queue.get(job).image_ids]

    return drawn


def run(image_id: int, *options: str) -> Result:
    return CliRunner().invoke(main, ["redraw", str(image_id), *options])


def edit(studio: Studio, image_id: int, **changes: Any) -> None:
    """Change what the record of a picture says; ``None`` takes it out."""
    params = {**studio.gallery.get(image_id).params, **changes}
    text = json.dumps({k: v for k, v in params.items() if v is not None})
    with studio.database.write() as connection:
        connection.execute(update(images).where(images.c.id == image_id).values(params=text))


def test_pictures_drawn_in_company_come_out_the_same_alone(draw: Draw, settings: Settings) -> None:
    """Batches grow and shrink around them, so that each is evaluated in sizes of its own."""
    ids = draw(
        REQUEST,
        replace(REQUEST, seed=1, guidance_scale=1.0, num_inference_steps=7, num_images=2),
        replace(REQUEST, seed=2, sampler=Sampler.EULER_A, schedule=Schedule.NORMAL),
        replace(REQUEST, seed=3, width=40, sampler=Sampler.PNDM, schedule=Schedule.NORMAL),
    )
    assert len(ids) == 5
    found = [redraw(settings, image_id) for image_id in ids]
    sizes = [[run["rows"] for run in f.record.params["evaluations"]] for f in found]
    assert sizes[0] != [2], "it was drawn in company"
    assert max(map(len, sizes)) > 1, "the company changed on the way"
    assert [f.psnr for f in found] == [inf] * 5
    assert [f.reasons for f in found] == [()] * 5


def test_a_variation_comes_out_the_same(draw: Draw, studio: Studio, settings: Settings) -> None:
    source = studio.blobs.put(encode_png(Image.new("RGB", (50, 40), "teal"), {}))
    studio.add(content=source)
    (image_id,) = draw(replace(REQUEST, init_image=source, strength=0.5))
    assert redraw(settings, image_id).identical
    studio.blobs.delete(source)
    gone = run(image_id)
    assert gone.exit_code == 2
    assert "missing" in gone.output


def test_edits_second_passes_and_looks_come_out_the_same(
    draw: Draw, studio: Studio, settings: Settings
) -> None:
    """Drawn together; the record names the pictures, and the size at which it was drawn."""
    source = studio.blobs.put(encode_png(Image.new("RGB", (50, 40), "teal"), {}))
    mask = Image.new("L", (50, 40))
    mask.paste(255, (10, 10, 30, 30))
    studio.add(content=source)
    edit = replace(
        REQUEST,
        init_image=source,
        strength=0.8,
        mask=studio.blobs.put(encode_png(mask, {})),
        mask_blur=3,
        extend=Extend(right=9, top=4),
        region=Box(2, 4, 59, 44),
        final_width=59,
        final_height=44,
        sampler=Sampler.EULER_A,
        schedule=Schedule.NORMAL,
    )
    second = Hires(1.5, 0.6, 5, Upscaler.LATENT)
    larger = replace(REQUEST, hires=second, final_width=48, final_height=48)
    lanczos = replace(larger, hires=replace(second, upscaler=Upscaler.LANCZOS), seed=3)
    style = StyleReference(studio.blobs.put(encode_png(mask.convert("RGB"), {})), 0.8)
    styled = replace(REQUEST, style_reference=style)
    ids = draw(edit, larger, lanczos, replace(REQUEST, num_inference_steps=9), styled)
    found = [redraw(settings, image_id) for image_id in ids]
    assert [f.psnr for f in found] == [inf] * 5
    assert [f.reasons for f in found] == [()] * 5
    assert [f.image.size for f in found] == [(59, 44), (48, 48), (48, 48), (32, 32), (32, 32)]
    assert max(run["rows"] for run in found[0].record.params["evaluations"]) > 2
    params = found[0].record.params
    assert (params["width"], params["mask_blur"], params["mask"]) == (32, 3, edit.mask)
    assert request_of(found[0].record) == edit
    assert request_of(found[2].record) == lanczos
    assert request_of(found[4].record) == styled
    assert "width" not in found[3].record.params


def test_the_command_says_so_and_keeps_the_picture(
    draw: Draw, studio: Studio, tmp_path: Path
) -> None:
    (image_id,) = draw(REQUEST)
    result = run(image_id, "--out", str(tmp_path / "again.png"))
    assert result.exit_code == 0, result.output
    assert "identical" in result.output
    stored = read_picture(studio.gallery.content(image_id), max_pixels=10**6)
    again = read_picture((tmp_path / "again.png").read_bytes(), max_pixels=10**6)
    assert again.tobytes() == stored.tobytes()


def test_other_weights_are_told_by_their_fingerprint(
    draw: Draw, studio: Studio, settings: Settings
) -> None:
    (image_id,) = draw(REQUEST)
    before = studio.gallery.get(image_id).params["model_hash"]
    make_tiny_pipeline(settings.models_dir / "tiny", seed=1)
    result = run(image_id)
    assert result.exit_code == 1
    assert "PSNR" in result.output
    assert "another version now" in result.output
    assert before.removeprefix("sha256:")[:12] in result.output


def test_what_differs_is_told(draw: Draw, studio: Studio, settings: Settings) -> None:
    (image_id,) = draw(REQUEST)
    edit(studio, image_id, num_inference_steps=5, versions={"torch": "1.0"}, strength=None)
    result = run(image_id)
    assert result.exit_code == 1
    assert f"torch was 1.0; here it is {torch.__version__}" in result.output
    assert "took 4 evaluations of the U-Net; now it takes 5" in result.output
    edit(studio, image_id, evaluations=[{"rows": 2, "count": 5, "by": "a compiler"}])
    assert "was evaluated by a compiler; here by torch" in run(image_id).output


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"device": "cuda:0", "device_name": "A GPU"}, "The device was cuda:0; here it is cpu."),
        ({"device_name": "Another"}, "The device was Another; here it is A Processor."),
        ({"dtype": "float16"}, "The precision was float16; here it is float32."),
        ({"threads": 3}, "The number of threads was 3; here it is 1."),
        ({"model_hash": ""}, "The record doesn't say which weights tiny had."),
        ({"versions": None}, "The record doesn't say which libraries drew it."),
        ({"evaluations": []}, "The record doesn't say how many rows were evaluated at once."),
        (
            {"evaluations": [{"rows": 2, "count": 1, "by": "torch"}] * 4},
            "The U-Net evaluated other numbers of rows at once.",
        ),
    ],
)
def test_each_difference_is_a_sentence(changes: dict[str, Any], reason: str) -> None:
    now = {"device": "cpu", "device_name": "A Processor", "threads": 1}
    params = {
        **now,
        "dtype": "float32",
        "model_hash": "sha256:1",
        "versions": versions(),
        "evaluations": [
            {"rows": 2, "count": 3, "by": "torch"},
            {"rows": 4, "count": 1, "by": "torch"},
        ],
    }
    picture = Image.new("RGB", (8, 8))
    finished = Finished("", 0, 7, picture, None, "cpu", "float32", 0, (), now, "sha256:1")
    finished = replace(finished, evaluations=evaluations_of(params))
    record = ImageRecord(1, "", "", 7, params, 0, datetime.now(UTC), 8, 8, "tiny", "sha256:2")
    assert differences(record, finished, "PNG") == []
    assert differences(replace(record, params={**params, **changes}), finished, "PNG") == [reason]
    assert "safety checker" in differences(replace(record, flagged="why"), finished, "PNG")[0]
    assert "stored as JPEG" in differences(record, finished, "JPEG")[0]


def test_a_changed_file_is_told_apart(draw: Draw, studio: Studio) -> None:
    (image_id,) = draw(REQUEST)
    edit(studio, image_id, seed=None)
    other = studio.blobs.put(encode_png(Image.new("RGB", (32, 32), "red"), {}))
    with studio.database.write() as connection:
        connection.execute(update(images).where(images.c.id == image_id).values(image_data=other))
    result = run(image_id)
    assert result.exit_code == 1
    assert "the stored file was changed" in result.output


def test_what_cannot_be_drawn_again_is_another_exit_status(
    draw: Draw, studio: Studio, settings: Settings
) -> None:
    (image_id,) = draw(REQUEST)
    assert run(image_id + 1).exit_code == 2
    edit(studio, image_id, sampler=None)
    lacking = run(image_id)
    assert lacking.exit_code == 2
    assert "sampler" in lacking.output
    edit(studio, image_id, sampler="dpmpp_2m")
    (settings.models_dir / "tiny").rename(settings.models_dir / "renamed")
    gone = run(image_id)
    assert gone.exit_code == 2
    assert "tiny, which isn't here any more" in gone.output


def test_strict_mode_draws_the_same_in_any_company(draw: Draw, studio: Studio) -> None:
    company = [replace(REQUEST, seed=s, num_inference_steps=s) for s in (2, 3, 6)]
    alone = draw(REQUEST, strict_rows=4)[0]
    together = draw(REQUEST, *company, strict_rows=4)[0]
    for image_id in (alone, together):
        runs = studio.gallery.get(image_id).params["evaluations"]
        assert runs == [{"rows": 4, "count": 4, "by": "torch"}]
    pictures = [
        read_picture(studio.gallery.content(i), max_pixels=10**6) for i in (alone, together)
    ]
    assert pictures[0].tobytes() == pictures[1].tobytes()
