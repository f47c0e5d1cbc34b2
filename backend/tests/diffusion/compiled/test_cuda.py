"""The CUDA twin: its structure on the CPU with graphs that are played back, the rest on a GPU."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from tastemaker.diffusion.compiled import cuda_unet, openvino_unet
from tastemaker.diffusion.compiled.builders import builder_for
from tastemaker.diffusion.compiled.cuda_unet import CudaBuilder
from tastemaker.diffusion.compiled.openvino_builder import OpenVinoBuilder
from tastemaker.diffusion.compiled.switch import Shape
from tastemaker.diffusion.compiled.warm_up import Subject, WarmUp, inputs_of
from tastemaker.diffusion.components import Components, load_components
from tests.diffusion.compiled.test_openvino import draw, rows_of, shape_of
from tests.diffusion.conftest import psnr, request

SIZES = (2, 4)


@pytest.fixture(autouse=True)
def _kernels(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TORCHINDUCTOR_CACHE_DIR", str(tmp_path / "kernels"))


class Recorder:
    """Stands in for torch.compile and for graphs; remembers how it was used."""

    def __init__(self) -> None:
        self.options: dict[str, Any] = {}
        self.modes: list[bool] = []
        self.rows: list[int] = []
        self.captured = 0

    def compile(self, function: Callable[..., Any], **options: Any) -> Callable[..., Any]:
        self.options = options

        def compiled(sample: torch.Tensor, *rest: torch.Tensor) -> Any:
            self.modes.append(torch.is_inference_mode_enabled())
            self.rows.append(len(sample))
            return function(sample, *rest)

        return compiled

    def capture(self, work: Callable[[], None]) -> Callable[[], None]:
        work()
        self.captured += 1
        return work


@pytest.fixture
def fresh(fresh_tiny: Components) -> tuple[Components, Recorder]:
    return fresh_tiny, Recorder()


def build(model: Components, recorder: Recorder, folder: Path) -> tuple[CudaBuilder, Any]:
    builder = CudaBuilder(folder, 10**9, SIZES, compile=recorder.compile, capture=recorder.capture)
    builder.prepare(model.unet)
    subject = Subject(model.name, model.unet, inputs_of(model))
    return builder, builder.build(subject, shape_of(model), lambda stage: None)


def test_every_size_is_compiled_first_and_recorded_when_it_is_used(
    fresh: tuple[Components, Recorder], tiny: Components, tmp_path: Path
) -> None:
    model, recorder = fresh
    _, make = build(model, recorder, tmp_path)
    assert recorder.rows == list(SIZES)
    assert all(recorder.modes), "compiled code is bound to the engine's inference mode"
    assert (recorder.options["dynamic"], recorder.options["fullgraph"]) == (False, True)
    assert recorder.captured == 0
    twin = make()
    assert recorder.captured == len(SIZES)
    assert [rows for rows in range(6) if twin.serves(rows)] == list(SIZES)
    for rows in SIZES:
        first, second = rows_of(model, rows), rows_of(model, rows, seed=1)
        with torch.inference_mode():
            found = twin.evaluate(*first, {})
            twin.evaluate(*second, {})
            expected = tiny.unet(*first).sample
        # Also: the next replay doesn't touch what was handed out.
        assert (found - expected).abs().max() < 1e-5
    assert twin.kind == cuda_unet.KIND


def test_a_builder_that_is_closed_compiles_no_more(
    fresh: tuple[Components, Recorder], tmp_path: Path
) -> None:
    model, recorder = fresh
    builder, _ = build(model, recorder, tmp_path)
    builder.close()
    recorder.rows.clear()
    subject = Subject(model.name, model.unet, inputs_of(model))
    assert builder.build(subject, Shape(4, 4, 4), lambda stage: None) is None
    assert not recorder.rows


def test_kernels_that_outgrow_their_room_are_forgotten(tmp_path: Path) -> None:
    folder = tmp_path / "kernels"
    folder.mkdir()
    (folder / "kernel").write_bytes(b"x" * 100)
    CudaBuilder(folder, 100, SIZES)
    assert folder.exists()
    CudaBuilder(folder, 99, SIZES)
    assert not folder.exists()


@pytest.mark.parametrize(
    ("device", "kind", "expected"),
    [
        ("cuda", None, CudaBuilder),
        ("cuda", cuda_unet.KIND, CudaBuilder),
        ("cuda", openvino_unet.KIND, type(None)),
        ("cpu", cuda_unet.KIND, type(None)),
        ("mps", None, type(None)),
        ("cpu", None, OpenVinoBuilder if openvino_unet.is_available() else type(None)),
    ],
)
def test_each_device_has_its_builder(
    tmp_path: Path, device: str, kind: str | None, expected: type
) -> None:
    made = builder_for(torch.device(device), tmp_path, max_bytes=1, sizes=SIZES, kind=kind)
    assert type(made) is expected


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_on_a_gpu_the_picture_is_torchs_and_the_same_in_company(
    tiny_folder: Path, tmp_path: Path
) -> None:
    device = torch.device("cuda")
    plain = load_components(tiny_folder, device)
    warm_up = WarmUp(CudaBuilder(tmp_path / "kernels", 10**10, (2, 4, 8)))
    fast = warm_up.wrap(load_components(tiny_folder, device))
    assert warm_up.join(600)
    warm_up.tick()
    (expected,), (alone,) = draw(plain, request()), draw(fast, request())
    assert fast.unet.kind == cuda_unet.KIND
    assert psnr(alone, expected) >= 30
    others = [request(seed=20 + i) for i in range(3)]
    assert psnr(draw(fast, request(), *others)[0], alone) >= 30
    pair = draw(fast, request(), others[0])[0]
    assert draw(fast, request(), others[1])[0].tobytes() == pair.tobytes()
