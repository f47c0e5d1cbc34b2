"""Models that only their own pipeline can draw with, in the engine beside the batches."""

from __future__ import annotations

import inspect
import json
import shutil
import threading
from collections.abc import Callable
from dataclasses import replace
from math import inf
from pathlib import Path
from typing import Any

import diffusers
import numpy as np
import pytest
import torch

from tastemaker.diffusion.components import Components, load_components
from tastemaker.diffusion.engine import Engine
from tastemaker.diffusion.families import family_of
from tastemaker.diffusion.generate import generate
from tastemaker.diffusion.layout import read_json
from tastemaker.diffusion.loading import load_model
from tastemaker.diffusion.outcomes import Cancelled, Failed, Outcome, Progress
from tastemaker.diffusion.residency import bytes_of
from tastemaker.diffusion.whole import WholePipeline, load_whole
from tastemaker.errors import InvalidInput, ModelBroken, NumericalFailure
from tastemaker.models.recommended import _OWN
from tests.diffusion.conftest import CPU, psnr, request
from tests.diffusion.engines import drain, finished, ticket
from tests.tiny_whole import make_tiny_pixart, make_tiny_sd3

Made = tuple[Path, WholePipeline]
MAKERS: dict[str, Callable[[Path], Path]] = {"sd3": make_tiny_sd3, "pixart": make_tiny_pixart}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Made]:
    folder = tmp_path_factory.mktemp("whole")
    found = {name: make(folder / name) for name, make in MAKERS.items()}
    return {name: (path, load_whole(path, CPU)) for name, path in found.items()}


@pytest.fixture
def sd3(made: dict[str, Made]) -> WholePipeline:
    return made["sd3"][1]


def engine_with(*models: Components | WholePipeline) -> Engine:
    """Models by the names ``0``, ``1`` …, after which requests ask."""
    return Engine(lambda name: models[int(name)], preview_interval=inf)


@pytest.mark.parametrize("name", MAKERS)
def test_pictures_are_the_pipelines_own(made: dict[str, Made], name: str) -> None:
    path, model = made[name]
    wanted = request(height=48, num_images=2, negative_prompt="cat", model="0")
    ours = finished(drain_one(engine_with(model), wanted), "a")
    pipe = diffusers.DiffusionPipeline.from_pretrained(
        path, local_files_only=True, text_encoder_3=None, tokenizer_3=None
    )
    pipe.set_progress_bar_config(disable=True)
    more = {"use_resolution_binning": False} if name == "pixart" else {}
    assert len(ours) == 2
    for drawn in ours:
        theirs = pipe(
            wanted.prompt,
            negative_prompt=wanted.negative_prompt,
            num_inference_steps=wanted.num_inference_steps,
            guidance_scale=wanted.guidance_scale,
            width=wanted.width,
            height=wanted.height,
            generator=torch.Generator().manual_seed(drawn.seed),
            **more,
        ).images[0]
        assert drawn.image.size == (32, 48)
        assert psnr(drawn.image, theirs) >= 60
    assert psnr(ours[0].image, ours[1].image) < 40


def drain_one(engine: Engine, wanted: Any) -> list[Outcome]:
    engine.submit(ticket("a", wanted))
    return drain(engine)


@pytest.mark.parametrize("name", MAKERS)
def test_every_step_is_told(made: dict[str, Made], name: str) -> None:
    """By the newer callback (Stable Diffusion 3) and by the older one (PixArt)."""
    outcomes = drain_one(engine_with(made[name][1]), request(num_images=2, model="0"))
    for index in (0, 1):
        steps = [o for o in outcomes if isinstance(o, Progress) and o.image_index == index]
        assert [(o.step, o.total_steps) for o in steps] == [(n, 4) for n in (1, 2, 3, 4)]


def test_the_record_says_what_really_drew(sd3: WholePipeline) -> None:
    (drawn,) = finished(drain_one(engine_with(sd3), request(model="0")), "a")
    assert drawn.place["pipeline"] == "StableDiffusion3Pipeline"
    assert drawn.place["sampler"] == "FlowMatchEulerDiscreteScheduler"
    assert drawn.place["schedule"] == "own"
    assert (drawn.device, drawn.dtype) == ("cpu", "float32")


def test_beside_batches_nothing_changes(sd3: WholePipeline, tiny: Components) -> None:
    """Steps alternate; both kinds are drawn as if they were alone."""
    own, batched = request(model="0", seed=1), request(model="1", num_images=2)
    engine = engine_with(sd3, tiny)
    engine.submit(ticket("own", own))
    engine.submit(ticket("batched", batched))
    outcomes = drain(engine)
    order = [o.job_id for o in outcomes if isinstance(o, Progress)]
    assert order[:6] == ["batched", "batched", "own"] * 2
    (mine,) = finished(outcomes, "own")
    alone = finished(drain_one(engine_with(sd3), own), "a")[0]
    assert mine.image == alone.image
    for a, b in zip(finished(outcomes, "batched"), generate(tiny, batched), strict=True):
        assert psnr(a.image, b.image) >= 50


def test_one_at_a_time(sd3: WholePipeline) -> None:
    engine = engine_with(sd3)
    for name in ("a", "b"):
        engine.submit(ticket(name, request(model="0")))
    order = [o.job_id for o in drain(engine) if isinstance(o, Progress)]
    assert order == ["a"] * 4 + ["b"] * 4


def test_cancel_between_two_steps(sd3: WholePipeline) -> None:
    threads = threading.active_count()
    engine = engine_with(sd3)
    engine.submit(ticket("a", request(model="0", num_inference_steps=50)))
    engine.submit(ticket("b", request(model="0", seed=8)))
    engine.step()
    engine.step()
    engine.cancel("a")
    outcomes = drain(engine)
    assert outcomes[0] == Cancelled("a")
    assert not any(o.job_id == "a" for o in outcomes[1:])
    (drawn,) = finished(outcomes, "b")
    alone = finished(drain_one(engine_with(sd3), request(model="0", seed=8)), "a")[0]
    assert drawn.image == alone.image
    assert threading.active_count() == threads


def test_a_failure_is_its_own(sd3: WholePipeline) -> None:
    """A picture to start from, a size that the pipeline refuses, values that are no numbers."""
    nan = replace(sd3, pipeline=_Nan(sd3.pipeline))
    engine = engine_with(sd3, nan)
    engine.submit(ticket("varied", request(model="0", init_image="sha256:0", strength=0.5)))
    engine.submit(ticket("odd", request(model="0", width=33)))
    engine.submit(ticket("nan", request(model="1")))
    engine.submit(ticket("good", request(model="0")))
    outcomes = drain(engine)
    failed = {o.job_id: o.error for o in outcomes if isinstance(o, Failed)}
    assert isinstance(failed.pop("varied"), InvalidInput)
    assert isinstance(failed["odd"], InvalidInput)
    assert "divisible" in str(failed.pop("odd"))
    assert isinstance(failed.pop("nan"), NumericalFailure)
    assert not failed
    assert len(finished(outcomes, "good")) == 1


class _Nan:
    """Draws as a pipeline does, but values that are no numbers."""

    def __init__(self, pipeline: Any) -> None:
        self.scheduler = pipeline.scheduler
        self.components = pipeline.components
        self.images = [np.full((8, 8, 3), np.nan)]

    def __call__(self, **_: Any) -> _Nan:
        return self


def test_models_weigh_what_their_networks_do(sd3: WholePipeline) -> None:
    network = sd3.pipeline.transformer
    assert bytes_of(sd3) > sum(p.nbytes for p in network.parameters()) > 0


def test_who_draws_follows_from_the_folder(made: dict[str, Made], tiny_folder: Path) -> None:
    assert isinstance(load_model(tiny_folder, CPU), Components)
    path = made["sd3"][0]
    assert isinstance(load_model(path, CPU), WholePipeline)
    with pytest.raises(ModelBroken, match="only its own pipeline"):
        load_components(path, CPU)
    with pytest.raises(ModelBroken, match="can't be put on"):
        load_model(path, CPU, trained=[tiny_folder])


@pytest.fixture
def copy(made: dict[str, Made], tmp_path: Path) -> Path:
    """A folder that a test may damage."""
    return Path(shutil.copytree(made["sd3"][0], tmp_path / "sd3"))


def change(path: Path, **values: Any) -> None:
    path.write_text(json.dumps(read_json(path) | values))


def test_pickles_are_refused_unopened(copy: Path) -> None:
    weights = copy / "transformer" / "diffusion_pytorch_model.safetensors"
    weights.rename(weights.with_suffix(".bin"))
    with pytest.raises(ModelBroken, match="pickle"):
        load_whole(copy, CPU)


def test_code_that_comes_along_is_refused(copy: Path) -> None:
    (copy / "transformer" / "model.py").write_text("raise SystemExit('it ran')")
    with pytest.raises(ModelBroken, match=r"model\.py.*program"):
        load_whole(copy, CPU)


def test_code_from_elsewhere_is_refused(copy: Path) -> None:
    """The tokenizer's config names a class in a repository, as remote code does."""
    change(copy / "tokenizer" / "tokenizer_config.json", auto_map={"AutoTokenizer": "a/b--c.D"})
    with pytest.raises(ModelBroken, match="auto_map"):
        load_whole(copy, CPU)


@pytest.mark.parametrize(
    ("pipeline", "match"),
    [("NeverHeardOfPipeline", "has no NeverHeardOf"), ("KandinskyV22Pipeline", "image_embeds")],
)
def test_pipelines_that_do_not_draw_from_a_prompt(copy: Path, pipeline: str, match: str) -> None:
    change(copy / "model_index.json", _class_name=pipeline)
    with pytest.raises(ModelBroken, match=match):
        load_whole(copy, CPU)


def test_a_cut_file_is_named(copy: Path) -> None:
    weights = copy / "vae" / "diffusion_pytorch_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-5])
    with pytest.raises(ModelBroken, match="damaged"):
        load_whole(copy, CPU)


def test_what_diffusers_calls_text_to_image_is_recognised() -> None:
    """Of its own list, all that need nothing but a prompt."""
    from diffusers.pipelines.auto_pipeline import AUTO_TEXT2IMAGE_PIPELINES_MAPPING

    kinds = {kind.__name__ for kind in AUTO_TEXT2IMAGE_PIPELINES_MAPPING.values()}
    skipped = {name for name in kinds if "Control" in name or "Kontext" in name}
    assert len(kinds - skipped) > 20
    for name in kinds - skipped - {"StableDiffusionPipeline", "StableDiffusionXLPipeline"}:
        if not name.startswith("StableDiffusion") or "PAG" not in name:
            assert not family_of({"_class_name": name}).batched


@pytest.mark.parametrize("name", sorted(_OWN))
def test_recommendations_are_diffusers_defaults(name: str) -> None:
    parameters = inspect.signature(getattr(diffusers, name).__call__).parameters
    steps, guidance = _OWN[name]
    assert parameters["guidance_scale"].default == guidance
    assert name == "StableDiffusionXLPipeline" or (
        parameters["num_inference_steps"].default == steps
    )
