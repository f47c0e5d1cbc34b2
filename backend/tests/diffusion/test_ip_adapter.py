"""IP-Adapters: pictures as diffusers draws them with the same weights, company that changes
nothing, and files that can't be used."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from math import inf
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import StableDiffusionPipeline, StableDiffusionXLPipeline
from PIL import Image

from tastemaker.diffusion.components import Components, load_components
from tastemaker.diffusion.engine import Engine, Ticket
from tastemaker.diffusion.outcomes import EAGER, Evaluations, Failed, Finished
from tastemaker.diffusion.residency import ResidentModel, bytes_of
from tastemaker.domain import GenerationRequest, Hires, Sampler, StyleReference, Upscaler
from tests.diffusion.conftest import CPU, psnr, request
from tests.diffusion.test_against_diffusers import pipeline, theirs
from tests.tiny_families import make_tiny_sd2, make_tiny_xl
from tests.tiny_ip_adapter import write_image_encoder, write_ip_adapter

SAME = 55.0
STRENGTH = 0.6


def picture(seed: int, size: tuple[int, int] = (40, 56)) -> Image.Image:
    pixels = np.random.default_rng(seed).integers(0, 256, (3, 2, 3), dtype=np.uint8)
    return Image.fromarray(pixels, "RGB").resize(size, Image.Resampling.BICUBIC)


STYLE = picture(1)


def styled(strength: float = STRENGTH, **changes: Any) -> GenerationRequest:
    return request(style_reference=StyleReference("sha256:0", strength), **changes)


def draw(
    parts: Components, *wanted: GenerationRequest, style: Image.Image = STYLE, **options: Any
) -> list[Finished]:
    """The first pictures of requests that are drawn together."""
    engine = Engine(lambda _: parts, **{"preview_interval": inf, **options})
    for number, one in enumerate(wanted):
        engine.submit(Ticket(str(number), one, (0,), style=style))
    found: dict[int, Finished] = {}
    while not engine.idle:
        for outcome in engine.step():
            if isinstance(outcome, Failed):
                raise outcome.error
            if isinstance(outcome, Finished):
                found[int(outcome.job_id)] = outcome
    return [found[number] for number in range(len(wanted))]


def install(parts: Components, folder: Path, **options: Any) -> Components:
    """The model, with a folder of an IP-Adapter for it."""
    write_image_encoder(folder / "image_encoder")
    write_ip_adapter(folder / "ip-adapter_tiny.safetensors", parts.unet, **options)
    return replace(parts, ip_adapters=(folder,))


@pytest.fixture(scope="module", params=[False, True], ids=["plain", "plus"])
def plus(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture(scope="module")
def adapted(tiny: Components, plus: bool, tmp_path_factory: pytest.TempPathFactory) -> Components:
    return install(tiny, tmp_path_factory.mktemp("ip-adapter"), plus=plus)


def diffusers_with(parts: Components, folder: Path, sampler: Sampler, cls: Any) -> Any:
    """diffusers' own pipeline with the same IP-Adapter."""
    pipe = pipeline(folder, sampler, cls)
    pipe.load_ip_adapter(
        str(parts.ip_adapters[0]),
        subfolder="",
        weight_name="ip-adapter_tiny.safetensors",
        low_cpu_mem_usage=False,
        local_files_only=True,
    )
    pipe.set_ip_adapter_scale(STRENGTH)
    return pipe


@pytest.mark.parametrize(
    ("sampler", "changes"),
    [
        (Sampler.DDIM, {}),
        (Sampler.EULER, {"guidance_scale": 1.0}),
        (Sampler.DPMPP_2M, {"negative_prompt": "cat"}),
    ],
)
def test_diffusers_draws_the_same(
    adapted: Components, tiny_folder: Path, sampler: Sampler, changes: dict[str, Any]
) -> None:
    wanted = styled(sampler=sampler, height=48, **changes)
    pipe = diffusers_with(adapted, tiny_folder, sampler, StableDiffusionPipeline)
    expected = theirs(pipe, replace(wanted), wanted.seed, ip_adapter_image=STYLE)
    (ours,) = draw(adapted, wanted)
    assert psnr(ours.image, expected) >= SAME
    without = draw(adapted, request(sampler=sampler, height=48, **changes))[0].image
    assert psnr(without, expected) < 30


@pytest.mark.parametrize(
    ("make", "cls"),
    [(make_tiny_sd2, StableDiffusionPipeline), (make_tiny_xl, StableDiffusionXLPipeline)],
    ids=["sd2", "xl"],
)
def test_other_families(make: Callable[[Path], Path], cls: Any, plus: bool, tmp_path: Path) -> None:
    folder = make(tmp_path / "model")
    parts = install(load_components(folder, CPU), tmp_path / "ip-adapter", plus=plus)
    wanted = styled(sampler=Sampler.EULER)
    pipe = diffusers_with(parts, folder, Sampler.EULER, cls)
    expected = pipe(
        wanted.prompt,
        num_inference_steps=wanted.num_inference_steps,
        guidance_scale=wanted.guidance_scale,
        width=wanted.width,
        height=wanted.height,
        generator=torch.Generator().manual_seed(wanted.seed),
        ip_adapter_image=STYLE,
    ).images[0]
    assert psnr(draw(parts, wanted)[0].image, expected) >= SAME


COMPANY = [
    styled(),
    request(prompt="cat", seed=3),
    styled(0.3, guidance_scale=1.0, seed=4, num_inference_steps=6),
    request(guidance_scale=1.0, seed=5),
    styled(1.0, seed=6, sampler=Sampler.EULER_A, negative_prompt="cat"),
]


@pytest.mark.parametrize("strict_rows", [0, 4])
def test_company_changes_nothing(adapted: Components, strict_rows: int) -> None:
    """Pictures with and without a style, of other strengths, guidance and steps."""
    together = draw(adapted, *COMPANY, strict_rows=strict_rows)
    for wanted, drawn in zip(COMPANY, together, strict=True):
        (alone,) = draw(adapted, wanted, strict_rows=strict_rows)
        if strict_rows:
            assert drawn.image == alone.image
        else:
            assert psnr(drawn.image, alone.image) >= 50
            assert drawn.image == draw(adapted, wanted, replay=drawn.evaluations)[0].image


def test_plain_pictures_are_those_of_a_model_without_one(
    adapted: Components, tiny: Components
) -> None:
    """Bit for bit, in the same company: those with a style have batches of their own."""
    plain = [wanted for wanted in COMPANY if wanted.style_reference is None]
    beside = draw(adapted, *COMPANY)
    for drawn, expected in zip((beside[1], beside[3]), draw(tiny, *plain), strict=True):
        assert drawn.image == expected.image
        assert drawn.evaluations == expected.evaluations
        assert "style_method" not in drawn.place


def test_the_record_says_how(adapted: Components, tiny: Components) -> None:
    place = draw(adapted, styled())[0].place
    assert place["style_method"] == "ip-adapter"
    assert place["style_adapter"] == "ip-adapter_tiny.safetensors"
    assert place["style_adapter_hash"].startswith("sha256:")
    assert draw(tiny, styled())[0].place["style_method"] == "statistics"


def test_strength(adapted: Components) -> None:
    """The adapter's scale: almost none leaves the picture, more changes more."""
    plain = draw(adapted, request())[0].image
    faint, half, whole = (
        psnr(draw(adapted, styled(strength))[0].image, plain) for strength in (0.001, 0.3, 1.0)
    )
    assert faint > 45 > half > whole


def test_another_picture_is_another_style(adapted: Components) -> None:
    one, other = (draw(adapted, styled(), style=picture(seed))[0].image for seed in (1, 2))
    assert psnr(one, other) < 45


def test_a_second_pass_sees_the_picture_too(adapted: Components, tiny: Components) -> None:
    hires = Hires(1.5, 0.6, 3, Upscaler.LATENT)
    large: dict[str, Any] = {"hires": hires, "final_width": 48, "final_height": 48}
    wanted = styled(**large)
    drawn = draw(adapted, wanted)[0]
    assert drawn.image.size == (48, 48)
    assert drawn.place["style_method"] == "ip-adapter"
    assert psnr(drawn.image, draw(tiny, request(**large))[0].image) < 30


class Twin:
    """A compiled U-Net that is wrong about everything."""

    kind = "wrong"

    def __init__(self) -> None:
        self.calls = 0

    def serves(self, rows: int) -> bool:
        return True

    def evaluate(self, sample: torch.Tensor, *rest: Any) -> torch.Tensor:
        self.calls += 1
        return torch.zeros_like(sample)


@pytest.mark.parametrize("only", [None, "wrong"])
def test_no_twin_is_asked_to_see_pictures(adapted: Components, only: str | None) -> None:
    from tastemaker.diffusion.compiled.switch import Shape, SwitchingUnet

    seen: list[Shape] = []
    unet = SwitchingUnet(adapted.unet, lambda _, shape: seen.append(shape))
    twin = Twin()
    unet.adopt(Shape(8, 8, 16), twin)
    unet.only = only
    fast = replace(adapted, unet=unet)
    (drawn,) = draw(fast, styled())
    assert not twin.calls
    assert not seen, "nothing is compiled for pictures that no twin can draw"
    assert {run.by for run in drawn.evaluations} == {EAGER}
    assert drawn.image == draw(adapted, styled())[0].image
    (plain,) = draw(fast, request())
    assert {run.by for run in plain.evaluations} == {"wrong"}
    assert unet.only == only


def test_fused_projections_see_pictures(
    fresh_tiny: Components, adapted: Components, tmp_path: Path
) -> None:
    """As the U-Net is prepared on CUDA."""
    from tastemaker.diffusion.compiled.cuda_unet import CudaBuilder

    CudaBuilder(tmp_path, 10**9, (2,)).prepare(fresh_tiny.unet)
    fused = replace(fresh_tiny, ip_adapters=adapted.ip_adapters)
    assert psnr(draw(fused, styled())[0].image, draw(adapted, styled())[0].image) >= SAME
    assert psnr(draw(fused, request())[0].image, draw(adapted, request())[0].image) >= SAME


@pytest.mark.parametrize("fused", [False, True])
def test_the_unet_stays_one_piece_for_torch_compile(
    fresh_tiny: Components, tmp_path: Path, fused: bool
) -> None:
    from tastemaker.diffusion.compiled.cuda_unet import CudaBuilder

    if fused:
        CudaBuilder(tmp_path, 10**9, (2,)).prepare(fresh_tiny.unet)

    def forward(*inputs: torch.Tensor) -> torch.Tensor:
        output: torch.Tensor = fresh_tiny.unet(*inputs, return_dict=False)[0]
        return output

    inputs = torch.ones(2, 4, 8, 8), torch.tensor([500, 100]), torch.ones(2, 16, 16)
    compiled = torch.compile(forward, backend="eager", fullgraph=True, dynamic=False)
    with torch.inference_mode():
        assert torch.equal(compiled(*inputs), forward(*inputs))


def test_it_is_loaded_with_the_first_style_and_counts_as_memory(adapted: Components) -> None:
    model = ResidentModel(adapted)
    before = model.bytes
    assert before == bytes_of(adapted)
    adapter = model.ip_adapters.get()
    assert adapter is not None
    assert model.bytes == before + adapter.bytes > before
    assert model.ip_adapters.get() is adapter


def test_files_that_come_and_go_are_noticed(tiny: Components, tmp_path: Path) -> None:
    parts = replace(tiny, ip_adapters=(tmp_path / "ip-adapter",))
    model = ResidentModel(parts)
    assert model.ip_adapters.get() is None
    install(tiny, tmp_path / "ip-adapter")
    assert model.ip_adapters.get() is not None
    (tmp_path / "ip-adapter" / "ip-adapter_tiny.safetensors").unlink()
    assert model.ip_adapters.get() is None
    assert model.bytes == bytes_of(parts)


def test_one_file_in_particular(tiny: Components, tmp_path: Path) -> None:
    """To draw a picture again by the one it was drawn by, whatever lies beside it."""
    write_ip_adapter(tmp_path / "a.safetensors", tiny.unet, seed=8)
    parts = install(tiny, tmp_path)
    assert draw(parts, styled())[0].place["style_adapter"] == "a.safetensors"
    this = replace(parts, ip_adapters=(tmp_path / "ip-adapter_tiny.safetensors",))
    assert draw(this, styled())[0].place["style_adapter"] == "ip-adapter_tiny.safetensors"
    gone = replace(parts, ip_adapters=(tmp_path / "b.safetensors",))
    assert draw(gone, styled())[0].place["style_method"] == "statistics"


def test_a_general_one_goes_before_one_for_faces(tiny: Components, tmp_path: Path) -> None:
    write_ip_adapter(tmp_path / "ip-adapter-plus-face.safetensors", tiny.unet, plus=True)
    parts = install(tiny, tmp_path)
    assert draw(parts, styled())[0].place["style_adapter"] == "ip-adapter_tiny.safetensors"


def test_the_one_that_fits_is_found(
    tiny: Components, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """By shapes, among files for other U-Nets and of other kinds."""
    caplog.set_level(logging.INFO)
    xl = load_components(make_tiny_xl(tmp_path / "xl"), CPU)
    folder = tmp_path / "ip-adapter"
    write_ip_adapter(folder / "a-xl.safetensors", xl.unet)
    face: dict[str, Any] = {"image_proj.proj.weight": None, "image_proj.proj.bias": None}
    face |= {"image_proj.proj.0.weight": torch.ones(2, 2), "image_proj.proj.2.bias": torch.ones(2)}
    write_ip_adapter(folder / "b-faceid.safetensors", tiny.unet, **face)
    for parts, name in ((install(tiny, folder), "ip-adapter_tiny"), (xl, "a-xl")):
        (drawn,) = draw(replace(parts, ip_adapters=(folder,)), styled())
        assert drawn.place["style_adapter"] == f"{name}.safetensors"
    (folder / "ip-adapter_tiny.safetensors").unlink()
    (drawn,) = draw(replace(tiny, ip_adapters=(folder,)), styled())
    assert drawn.place["style_method"] == "statistics"
    assert "a-xl.safetensors isn't used with tiny: it is for another kind of U-Net" in caplog.text
    assert "b-faceid.safetensors isn't used with tiny: it is of another kind" in caplog.text


def cut_short(folder: Path) -> None:
    file = folder / "ip-adapter_tiny.safetensors"
    file.write_bytes(file.read_bytes()[:-10])


def no_encoder(folder: Path) -> None:
    for path in (folder / "image_encoder").iterdir():
        path.unlink()


def no_weights(folder: Path) -> None:
    (folder / "image_encoder" / "model.safetensors").unlink()


def pickled_weights(folder: Path) -> None:
    no_weights(folder)
    (folder / "image_encoder" / "pytorch_model.bin").write_bytes(b"\x80\x04never opened")


def encoder_cut_short(folder: Path) -> None:
    file = folder / "image_encoder" / "model.safetensors"
    file.write_bytes(file.read_bytes()[:-10])


def nonsense_config(folder: Path) -> None:
    (folder / "image_encoder" / "config.json").write_text("[]")


def another_encoder(folder: Path) -> None:
    write_image_encoder(folder / "image_encoder", projection_dim=10)


def pickle(folder: Path) -> None:
    (folder / "ip-adapter_tiny.safetensors").rename(folder / "ip-adapter_tiny.bin")


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (cut_short, "damaged"),
        (no_encoder, "config.json"),
        (no_weights, "are missing"),
        (pickled_weights, "pickle files, which can run any program"),
        (encoder_cut_short, "damaged"),
        (nonsense_config, "no JSON object"),
        (another_encoder, "gives 12 numbers, and this one gives 10"),
        (pickle, "is a pickle, which can run any program"),
    ],
)
def test_what_can_t_be_used_is_said_and_done_without(
    tiny: Components,
    damage: Callable[[Path], None],
    said: str,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    parts = install(tiny, tmp_path)
    damage(tmp_path)
    two = styled(seed=9), styled()
    drawn = draw(parts, *two)
    assert {one.place["style_method"] for one in drawn} == {"statistics"}
    assert drawn[1].image == draw(tiny, *two)[1].image
    assert caplog.text.count(said) == 1, caplog.text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"ip_adapter.1.to_k_ip.weight": None}, "another kind of U-Net"),
        ({"ip_adapter.9.to_k_ip.weight": torch.ones(2, 2)}, "another kind of U-Net"),
        ({"ip_adapter.3.to_v_ip.weight": torch.ones(16, 17)}, "another kind of U-Net"),
        ({"image_proj.proj.weight": torch.ones(60, 12)}, "another kind of U-Net"),
        ({"image_proj.proj.weight": torch.ones(())}, "another kind"),
        ({"image_proj.proj.weight": torch.full((64, 12), torch.nan)}, "are no numbers"),
        ({"image_proj.norm.weight": torch.ones(15)}, "can't be loaded"),
    ],
)
def test_wrong_tensors(
    tiny: Components,
    changes: dict[str, Any],
    said: str,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    (drawn,) = draw(install(tiny, tmp_path, **changes), styled())
    assert drawn.place["style_method"] == "statistics"
    assert said in caplog.text


def test_memory_that_runs_out_is_said(
    tiny: Components, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tastemaker.diffusion import ip_adapter
    from tastemaker.errors import OutOfMemory

    def full(*args: Any) -> Any:
        raise torch.OutOfMemoryError("CUDA out of memory")

    parts = install(tiny, tmp_path)
    monkeypatch.setattr(ip_adapter, "load_network", full)
    with pytest.raises(OutOfMemory, match="and its image encoder don't fit"):
        draw(parts, styled())
    monkeypatch.undo()
    assert draw(parts, styled())[0].place["style_method"] == "ip-adapter"


def test_a_poisonous_image_is_found_among_those_that_see_pictures(adapted: Components) -> None:
    """Rows of pictures take part when it is looked for whose fault it was."""
    from tastemaker.diffusion.compiled.switch import SwitchingUnet

    class Picky(SwitchingUnet):
        def __call__(self, sample: torch.Tensor, *rest: Any, **more: Any) -> Any:
            rows = more["cross_attention_kwargs"]["ip_hidden_states"]
            assert len(rows.tokens) == len(rows.scale) == len(sample)
            if (rows.scale > 0.9).any():
                raise RuntimeError("the kernel doesn't like this row")
            return super().__call__(sample, *rest, **more)

    parts = replace(adapted, unet=Picky(adapted.unet))
    engine = Engine(lambda _: parts, preview_interval=inf)
    for number, strength in enumerate((0.5, 1.0, 0.4)):
        engine.submit(Ticket(str(number), styled(strength), (0,), style=STYLE))
    outcomes = []
    while not engine.idle:
        outcomes += engine.step()
    assert [o.job_id for o in outcomes if isinstance(o, Failed)] == ["1"]
    assert {o.job_id for o in outcomes if isinstance(o, Finished)} == {"0", "2"}


def test_evaluations_are_replayed_with_pictures(adapted: Components) -> None:
    (drawn,) = draw(adapted, styled(), replay=(Evaluations(8, 4),))
    assert drawn.evaluations == (Evaluations(8, 4),)
