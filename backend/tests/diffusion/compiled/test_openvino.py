"""OpenVINO twins: the same picture, made once, checked before use, not a word to anybody outside.

Skipped only where OpenVINO isn't installed; the development requirements install it.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from math import inf
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import UNet2DConditionModel
from PIL import Image

from tastemaker.diffusion.compiled import openvino_builder, openvino_unet
from tastemaker.diffusion.compiled.cache import CompiledCache
from tastemaker.diffusion.compiled.converter import IR_FILE, compare, convert
from tastemaker.diffusion.compiled.openvino_builder import OpenVinoBuilder
from tastemaker.diffusion.compiled.openvino_unet import KIND, OpenVinoUnet, kind_of, precision_of
from tastemaker.diffusion.compiled.plan import Inputs, Plan
from tastemaker.diffusion.compiled.switch import Shape, SwitchingUnet
from tastemaker.diffusion.compiled.warm_up import Subject, WarmUp, inputs_of
from tastemaker.diffusion.components import Components
from tastemaker.diffusion.engine import Engine, Ticket
from tastemaker.diffusion.outcomes import EAGER, Failed, Finished
from tastemaker.domain import Sampler
from tests.diffusion.conftest import psnr, request

pytestmark = pytest.mark.skipif(
    not openvino_unet.is_available(), reason="OpenVINO isn't installed: pip install .[openvino]"
)
SIZES = (1, 2, 4, 6, 8)
INPUTS = Inputs(4, 16, {})


def kind_here() -> str:
    """Of the small network's twin, on this machine."""
    return kind_of(Plan(Shape(8, 8, 5), INPUTS, SIZES, threads=torch.get_num_threads()))


def ignore(stage: str) -> None:
    pass


def shape_of(model: Components) -> Shape:
    return Shape(*model.latent_size(*model.default_size), model.max_tokens)


def subject_of(model: Components) -> Subject:
    return Subject(model.name, model.unet, inputs_of(model))


@pytest.fixture(scope="session")
def fast(compiled_folder: Path, tiny: Components) -> Components:
    """The tiny model with its twin ready, made as the studio makes it."""
    warm_up = WarmUp(OpenVinoBuilder(CompiledCache(compiled_folder, 10**9), SIZES, nice=0))
    model = warm_up.wrap(tiny)
    assert warm_up.join(200)
    warm_up.tick()
    warm_up.close()
    assert model.unet.has_twin(shape_of(tiny))
    return model


def rows_of(model: Components, rows: int, seed: int = 0) -> tuple[torch.Tensor, ...]:
    generator = torch.Generator().manual_seed(seed)
    shape, inputs = shape_of(model), inputs_of(model)
    return (
        torch.randn(rows, inputs.channels, shape.height, shape.width, generator=generator),
        torch.randint(0, 1000, (rows,), generator=generator).float(),
        torch.randn(rows, shape.tokens, inputs.text_width, generator=generator),
    )


def draw(model: Components, *wanted: Any) -> list[Image.Image]:
    engine = Engine(lambda _: model, preview_interval=inf)
    for number, one in enumerate(wanted):
        engine.submit(Ticket(str(number), one, (0,)))
    found: dict[str, Image.Image] = {}
    while not engine.idle:
        for outcome in engine.step():
            assert not isinstance(outcome, Failed), outcome
            if isinstance(outcome, Finished):
                found[outcome.job_id] = outcome.image
    return [found[key] for key in sorted(found, key=int)]


@pytest.mark.parametrize("rows", SIZES)
def test_outputs_are_torchs(fast: Components, tiny: Components, rows: int) -> None:
    inputs = rows_of(fast, rows)
    with torch.inference_mode():
        found = fast.unet(*inputs).sample
        expected = tiny.unet(*inputs).sample
    assert fast.unet.kind == kind_here()
    assert (found - expected).abs().max() < 1e-4
    assert not torch.equal(found, torch.zeros_like(found))


@pytest.mark.parametrize("rows", [2, 4, 8])
def test_a_row_has_the_same_bits_anywhere_in_any_company(fast: Components, rows: int) -> None:
    wanted = rows_of(fast, 1, seed=1)
    with torch.inference_mode():
        alone = fast.unet(*(value.expand(rows, *value.shape[1:]) for value in wanted)).sample[0]
        for place in range(rows):
            company = rows_of(fast, rows, seed=2 + place)
            for mixed, mine in zip(company, wanted, strict=True):
                mixed[place] = mine[0]
            assert torch.equal(fast.unet(*company).sample[place], alone)
    assert fast.unet.kind == kind_here()


def test_pictures_are_torchs_and_the_same_in_company(fast: Components, tiny: Components) -> None:
    wanted = request(num_inference_steps=12)
    others = [
        request(seed=20 + i, prompt="two birds", sampler=Sampler.EULER, num_inference_steps=5)
        for i in range(3)
    ]
    (expected,) = draw(tiny, wanted)
    (alone,) = draw(fast, wanted)
    assert fast.unet.kind == kind_here()
    assert psnr(alone, expected) >= 40
    company, *_ = draw(fast, wanted, *others)
    assert psnr(company, alone) >= 50
    pair = draw(fast, wanted, replace(wanted, seed=9))[0]
    assert draw(fast, wanted, *others[:1])[0].tobytes() == pair.tobytes()


def test_torch_can_be_demanded(fast: Components, tiny: Components) -> None:
    unet: SwitchingUnet = fast.unet
    unet.only = EAGER
    try:
        assert draw(fast, request())[0].tobytes() == draw(tiny, request())[0].tobytes()
    finally:
        unet.only = None


def test_what_was_made_is_found_again_without_a_child(
    fast: Components, tiny: Components, compiled_folder: Path
) -> None:
    builder = OpenVinoBuilder(CompiledCache(compiled_folder, 10**9), SIZES, command=["false"])
    make = builder.build(subject_of(tiny), shape_of(tiny), ignore)
    assert make is not None
    inputs = rows_of(tiny, 2)
    with torch.inference_mode():
        assert torch.equal(make().evaluate(*inputs, {}), fast.unet(*inputs).sample)


@pytest.mark.parametrize(
    ("rows", "threads", "streams"),
    [
        (1, 8, 1),
        (2, 1, 1),
        (2, 2, 2),
        (16, 2, 2),
        (6, 4, 2),
        (12, 3, 3),
        (16, 16, 4),
        (2, 5, 1),
        (0, 2, 1),
        (4, 0, 1),
    ],
)
def test_rows_are_split_evenly_and_so_are_threads(rows: int, threads: int, streams: int) -> None:
    plan = Plan(Shape(8, 8, 5), INPUTS, (rows,), threads=threads)
    assert plan.streams(rows) == streams


@pytest.mark.parametrize(("threads", "alone"), [(0, 0), (1, 0), (2, 2), (4, 4), (5, 0), (16, 0)])
def test_streams_work_by_themselves_where_each_has_one_thread(threads: int, alone: int) -> None:
    assert Plan(Shape(8, 8, 5), INPUTS, SIZES, threads=threads).alone == alone
    assert Plan(Shape(8, 8, 5), INPUTS, (), threads=threads).alone == 0


def test_what_is_split_otherwise_is_another_plan_and_has_another_name() -> None:
    one, two = (Plan(Shape(8, 8, 5), INPUTS, SIZES, threads=n) for n in (1, 2))
    assert one.name != two.name
    assert (kind_of(one), kind_of(two)) == (KIND, "openvino-streams")
    assert kind_of(replace(two, rows=())) == KIND


@pytest.mark.parametrize("precision", ["f32", "bf16"])
@pytest.mark.parametrize("threads", [1, 2])
def test_a_networks_name_in_records_tells_its_precision(precision: str, threads: int) -> None:
    plan = Plan(Shape(8, 8, 5), INPUTS, SIZES, precision, threads)
    assert precision_of(kind_of(plan)) == precision
    assert precision_of(f"{kind_of(plan)}-x") is None
    assert precision_of("torch.compile") is None


def counting(tmp_path: Path, end: str) -> tuple[Sequence[str], Callable[[], int]]:
    """A child that leaves a mark and ends as ``end`` says, and how often it was started."""
    marks = tmp_path / "marks"
    script = f"import os, signal; open({str(marks)!r}, 'a').write('x'); {end}"
    return [sys.executable, "-c", script], lambda: len(marks.read_text())


def test_a_compiler_that_crashes_costs_nothing_and_is_not_tried_again(
    tiny: Components, tmp_path: Path
) -> None:
    command, started = counting(tmp_path, "os.kill(os.getpid(), signal.SIGSEGV)")
    builder = OpenVinoBuilder(CompiledCache(tmp_path / "c", 10**9), SIZES, command=command)
    for _ in range(2):
        assert builder.build(subject_of(tiny), shape_of(tiny), ignore) is None
    assert started() == 1


def test_a_child_that_was_killed_is_tried_again(tiny: Components, tmp_path: Path) -> None:
    command, started = counting(tmp_path, "os.kill(os.getpid(), signal.SIGKILL)")
    builder = OpenVinoBuilder(CompiledCache(tmp_path / "c", 10**9), SIZES, command=command)
    for _ in range(2):
        assert builder.build(subject_of(tiny), shape_of(tiny), ignore) is None
    assert started() == 2


def test_outputs_that_differ_are_not_used(tiny: Components, tmp_path: Path) -> None:
    lie = 'print(\'{"result": {"worst_db": 31.0, "seconds": {}}}\')'
    command, _ = counting(tmp_path, lie)
    stages: list[str] = []
    builder = OpenVinoBuilder(CompiledCache(tmp_path / "c", 10**9), SIZES, command=command)
    assert builder.build(subject_of(tiny), shape_of(tiny), stages.append) is None
    (check,) = (tmp_path / "c").glob("*.checks/*.json")
    assert "31.0 dB" in check.read_text()


def test_too_little_memory_leaves_torch(
    tiny: Components, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openvino_builder, "available_memory", lambda: 1024)
    command, _ = counting(tmp_path, "pass")
    builder = OpenVinoBuilder(CompiledCache(tmp_path / "c", 10**9), SIZES, command=command)
    assert builder.build(subject_of(tiny), shape_of(tiny), ignore) is None
    assert not (tmp_path / "marks").exists()


def test_closing_kills_the_child(tiny: Components, tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    script = f"import os, time; open({str(pid_file)!r}, 'w').write(str(os.getpid()))"
    talk = '; print(\'{"stage": "converting"}\', flush=True); time.sleep(600)'
    command = [sys.executable, "-c", script + talk]
    builder = OpenVinoBuilder(CompiledCache(tmp_path / "c", 10**9), SIZES, command=command)

    def report(stage: str) -> None:
        if stage == "converting":
            builder.close()

    assert builder.build(subject_of(tiny), shape_of(tiny), report) is None
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid_file.read_text()), signal.SIGCONT)
    assert not list((tmp_path / "c").glob("*.checks/*.json"))


def test_one_network_for_any_shape_and_conditions_beside_the_text(tmp_path: Path) -> None:
    torch.manual_seed(0)
    unet = UNet2DConditionModel(
        sample_size=8,
        block_out_channels=(16, 32),
        layers_per_block=1,
        norm_num_groups=8,
        cross_attention_dim=16,
        attention_head_dim=2,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        addition_embed_type="text_time",
        addition_time_embed_dim=8,
        projection_class_embeddings_input_dim=12 + 6 * 8,
    ).eval()
    inputs = Inputs(4, 16, {"text_embeds": (12,), "time_ids": (6,)})
    plan = Plan(Shape(8, 8, 5), inputs, rows=(), threads=1)
    convert(unet, plan, tmp_path)
    compiled = OpenVinoUnet(tmp_path / IR_FILE, plan)
    other = replace(plan, shape=Shape(16, 8, 10))
    assert compare(unet, compiled, plan)["worst_db"] > 80
    assert compare(unet, compiled, other)["worst_db"] > 80


def test_a_large_network_is_compiled_once_for_all_shapes(
    tiny: Components, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openvino_builder, "rows_for", lambda weights, sizes: ())
    prepared = tmp_path / "prepared"
    prepared.mkdir()
    convert(tiny.unet, Plan(shape_of(tiny), inputs_of(tiny), rows=()), prepared)
    result = '{"result": {"worst_db": 120.0, "seconds": {}}}'
    script = (
        "import json, shutil, sys; job = json.loads(sys.stdin.readline())\n"
        f"shutil.copytree({str(prepared)!r}, job['folder'], dirs_exist_ok=True)\n"
        f"print({result!r})"
    )
    cache = CompiledCache(tmp_path / "c", 10**9)
    builder = OpenVinoBuilder(cache, SIZES, command=[sys.executable, "-c", script])
    shape = shape_of(tiny)
    other = Shape(shape.height * 2, shape.width, shape.tokens)
    twins = []
    for one in (shape, other):
        make = builder.build(subject_of(tiny), one, ignore)
        assert make is not None
        twins.append(make())
    assert twins[0] is twins[1]
    assert len(list((tmp_path / "c").glob("*.checks/*.json"))) == 2, "each shape was checked"
    sample, steps, text = rows_of(tiny, 3)
    tall = torch.cat([sample, sample], 2)
    for latents in (sample, tall):
        with torch.inference_mode():
            expected = tiny.unet(latents, steps, text).sample
        assert twins[0].serves(3)
        assert (twins[0].evaluate(latents, steps, text, {}) - expected).abs().max() < 1e-4


def test_nothing_is_reported_to_anybody() -> None:
    openvino_unet.load_openvino()
    loaded = [name for name, module in sys.modules.items() if module is not None]
    assert "openvino" in loaded
    assert not [name for name in loaded if name.startswith("openvino_telemetry")]
