"""What other programs wrote is recovered, and what can't be taken over is named."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tastemaker import infotext
from tastemaker.domain import Sampler, Schedule
from tastemaker.infotext.carriers import carried
from tastemaker.infotext.mapping import recover
from tastemaker.infotext.reading import Dialect, Recovered
from tests.infotext import samples
from tests.infotext.samples import comfy_png, comment, png, with_exif

MODELS = {"dreamshaper_8": "dreamshaper", "v1-5": "sd15"}


def recovered(data: bytes) -> Recovered:
    found = carried(data, max_pixels=1_000_000)
    reading = infotext.read(found)
    assert reading is not None
    return recover(
        reading, (found.width, found.height), lambda name: MODELS.get(name.split("/")[-1][:13])
    )


def names(found: Recovered) -> set[str]:
    return {item.name for item in found.unmapped}


def core(found: Recovered) -> tuple[Any, ...]:
    return (
        found.width,
        found.height,
        found.num_inference_steps,
        found.guidance_scale,
        found.seed,
        found.sampler,
        found.schedule,
    )


A1111_FILES = {
    "png": png(parameters=samples.A1111),
    "jpeg": with_exif("JPEG", {}, comment(samples.A1111)),
    "webp": with_exif("WEBP", {}, comment(samples.A1111)),
    "little endian": with_exif("JPEG", {}, b"UNICODE\x00" + samples.A1111.encode("utf-16-le")),
    "ascii": with_exif("JPEG", {}, b"ASCII\x00\x00\x00" + samples.A1111.encode()),
    "unnamed": with_exif("JPEG", {}, samples.A1111.encode()),
}


@pytest.mark.parametrize("file", A1111_FILES)
def test_a1111(file: str) -> None:
    found = recovered(A1111_FILES[file])
    assert found.dialect is Dialect.A1111
    assert found.prompt == 'a castle on a hill, "golden hour" \ntwo lines, (sharp:1.2)'
    assert found.negative_prompt == "blurry, ugly\ntext"
    assert core(found) == (512, 768, 28, 6.5, 12345, Sampler.DPMPP_2M, Schedule.KARRAS)
    assert found.strength == 0.4
    assert found.model == "dreamshaper"
    said = {item.name: item.value for item in found.unmapped}
    assert said == {
        "LoRA": "oldStone (0.8)",
        "Clip skip": "2",
        "Lora hashes": "oldStone: deadbeef, other: 1234",
    }


@pytest.mark.parametrize(
    ("line", "sampler", "schedule"),
    [
        ("Sampler: DPM++ 2M Karras", Sampler.DPMPP_2M, Schedule.KARRAS),
        ("Sampler: DPM++ 2M, Schedule type: Automatic", Sampler.DPMPP_2M, Schedule.KARRAS),
        ("Sampler: Euler a", Sampler.EULER_A, Schedule.NORMAL),
        ("Sampler: Euler a, Schedule type: Automatic", Sampler.EULER_A, Schedule.NORMAL),
        ("Sampler: Euler, Schedule type: Uniform", Sampler.EULER, Schedule.NORMAL),
        ("Sampler: PLMS", Sampler.PNDM, Schedule.NORMAL),
        ("Sampler: DPM++ 2M SDE", Sampler.DPMPP_2M_SDE, Schedule.NORMAL),
    ],
)
def test_a1111s_samplers(line: str, sampler: Sampler, schedule: Schedule) -> None:
    found = recovered(png(parameters=f"a cat\nSteps: 20, {line}, CFG scale: 7, Seed: 1"))
    assert (found.sampler, found.schedule) == (sampler, schedule)
    assert (found.width, found.height) == (16, 8)
    assert found.unmapped == ()


def test_what_is_unknown_is_named() -> None:
    found = recovered(
        png(
            parameters="a cat\nSteps: 900, Sampler: Quantum 9, Schedule type: Wavy, CFG scale: x, "
            "Seed: 99999999999999999999, Size: 512x512, Model: elsewhere [abc]"
        )
    )
    assert found.sampler is None
    assert found.schedule is None
    assert found.model is None
    assert found.model_text == "elsewhere [abc]"
    assert (found.num_inference_steps, found.guidance_scale, found.seed) == (None, None, None)
    assert names(found) == {"Steps", "Guidance scale", "Seed", "Sampler", "Schedule", "Model"}
    assert all(item.reason for item in found.unmapped)


def test_lines_that_extensions_add_are_passed_over() -> None:
    text = "a cat\nSteps: 20, Sampler: Euler, CFG scale: 7, Seed: 3\nTemplate: a {cat|dog}"
    assert recovered(png(parameters=text)).seed == 3


def test_a_prompt_that_speaks_of_a_negative_prompt() -> None:
    text = "write Negative prompt: on it\nNegative prompt: red\nSteps: 4, Sampler: Euler, Seed: 1"
    found = recovered(png(parameters=text))
    assert found.prompt == "write Negative prompt: on it"
    assert found.negative_prompt == "red"


def test_comfyui() -> None:
    found = recovered(comfy_png(samples.COMFY, workflow="{}"))
    assert found.dialect is Dialect.COMFYUI
    assert (found.prompt, found.negative_prompt) == ("a paper boat", "plastic")
    assert core(found) == (768, 512, 25, 8.0, 777, Sampler.DPMPP_2M, Schedule.KARRAS)
    assert found.model_text == "sd15/v1-5.safetensors"
    assert found.strength is None
    assert {item.value for item in found.unmapped} >= {"ink.safetensors (0.7)"}


def test_comfyui_in_webp_and_in_a_comment() -> None:
    graph = json.dumps(samples.COMFY)
    webp = with_exif("WEBP", {0x0110: f"prompt:{graph}", 0x010F: "workflow:{}"})
    jpeg = with_exif("JPEG", {}, comment(json.dumps({"prompt": samples.COMFY, "workflow": {}})))
    for data in (webp, jpeg):
        assert recovered(data).prompt == "a paper boat"


def graph_with(**nodes: Any) -> dict[str, Any]:
    graph = json.loads(json.dumps(samples.COMFY))
    for key, (kind, inputs) in nodes.items():
        graph[key.removeprefix("n")] = {"class_type": kind, "inputs": inputs}
    return graph  # type: ignore[no-any-return]


def test_comfyuis_second_pass_is_told_apart_from_the_first() -> None:
    second = {**samples.COMFY["3"]["inputs"], "steps": 9, "denoise": 0.5, "latent_image": ["20", 0]}  # type: ignore[dict-item]
    graph = graph_with(
        n2=("KSampler", second),
        n20=("LatentUpscale", {"samples": ["3", 0], "width": 1536, "height": 1024}),
        n8=("VAEDecode", {"samples": ["2", 0], "vae": ["4", 2]}),
    )
    found = recovered(comfy_png(graph))
    assert (found.width, found.height, found.num_inference_steps) == (768, 512, 25)
    assert "KSampler (node 2)" in names(found)


def test_comfyuis_custom_sampler_is_put_together_from_its_parts() -> None:
    graph = graph_with(
        n3=(
            "SamplerCustomAdvanced",
            {
                "noise": ["30", 0],
                "guider": ["31", 0],
                "sampler": ["32", 0],
                "sigmas": ["33", 0],
                "latent_image": ["5", 0],
            },
        ),
        n30=("RandomNoise", {"noise_seed": ["34", 0]}),
        n31=(
            "CFGGuider",
            {"cfg": 3.5, "model": ["4", 0], "positive": ["35", 0], "negative": ["35", 1]},
        ),
        n32=("KSamplerSelect", {"sampler_name": "euler"}),
        n33=("BasicScheduler", {"scheduler": "normal", "steps": 12, "model": ["4", 0]}),
        n34=("PrimitiveInt", {"value": 31415}),
        n35=(
            "ControlNetApplyAdvanced",
            {"positive": ["6", 0], "negative": ["7", 0], "strength": 1},
        ),
        n6=("CLIPTextEncode", {"text": ["36", 0], "clip": ["4", 1]}),
        n36=("StringConcatenate", {"string_a": "a paper", "string_b": ["37", 0]}),
        n37=("PrimitiveString", {"value": "kite"}),
    )
    found = recovered(comfy_png(graph))
    assert core(found) == (768, 512, 12, 3.5, 31415, Sampler.EULER, Schedule.NORMAL)
    assert (found.prompt, found.negative_prompt) == ("a paper, kite", "plastic")


def test_comfyui_that_began_from_a_picture() -> None:
    start = {**samples.COMFY["3"]["inputs"], "denoise": 0.6, "latent_image": ["21", 0]}  # type: ignore[dict-item]
    graph = graph_with(
        n3=("KSampler", start),
        n21=("VAEEncode", {"pixels": ["22", 0], "vae": ["4", 2]}),
        n22=("LoadImage", {"image": "x.png"}),
    )
    found = recovered(comfy_png(graph))
    assert found.strength == 0.6
    assert (found.width, found.height) == (16, 8)


def test_comfyuis_drawn_workflow_is_enough() -> None:
    workflow = {
        "nodes": [
            {"id": 1, "type": "CheckpointLoaderSimple", "widgets_values": ["v1-5"]},
            {"id": 2, "type": "CLIPTextEncode", "widgets_values": ["a glass fish"]},
            {"id": 3, "type": "CLIPTextEncode", "widgets_values": ["blur"]},
            {"id": 4, "type": "EmptyLatentImage", "widgets_values": [320, 256, 1]},
            {
                "id": 5,
                "type": "KSampler",
                "widgets_values": [8, "randomize", 14, 5.5, "euler_ancestral", "normal", 1],
                "inputs": [
                    {"name": "model", "link": 10},
                    {"name": "positive", "link": 11},
                    {"name": "negative", "link": 12},
                    {"name": "latent_image", "link": 13},
                ],
            },
        ],
        "links": [
            [10, 1, 0, 5, 0, "MODEL"],
            [11, 2, 0, 5, 1, "CONDITIONING"],
            [12, 3, 0, 5, 2, "CONDITIONING"],
            [13, 4, 0, 5, 3, "LATENT"],
        ],
    }
    found = recovered(png(workflow=json.dumps(workflow)))
    assert core(found) == (320, 256, 14, 5.5, 8, Sampler.EULER_A, Schedule.NORMAL)
    assert (found.prompt, found.negative_prompt, found.model) == ("a glass fish", "blur", "sd15")


def test_invokeai() -> None:
    found = recovered(png(invokeai_metadata=json.dumps(samples.INVOKE)))
    assert found.dialect is Dialect.INVOKEAI
    assert (found.prompt, found.negative_prompt) == ("a brass robot in a garden", "rust")
    assert core(found) == (640, 512, 30, 7.5, 4012, Sampler.EULER, Schedule.KARRAS)
    assert names(found) == {"Model", "LoRA", "clip_skip"}


def test_invokeai_of_old() -> None:
    found = recovered(png(sd__metadata=json.dumps(samples.INVOKE_OLD)))
    assert (found.prompt, found.negative_prompt) == ("a quiet lake", "boats, people")
    assert core(found) == (512, 512, 50, 7.5, 99, Sampler.EULER_A, Schedule.NORMAL)
    assert found.model_text == "stable-diffusion-1.5"


@pytest.mark.parametrize("kind", ["png", "jpeg"])
def test_swarmui(kind: str) -> None:
    text = json.dumps(samples.SWARM)
    data = png(parameters=text) if kind == "png" else with_exif("JPEG", {}, comment(text))
    found = recovered(data)
    assert found.dialect is Dialect.SWARMUI
    assert (found.prompt, found.negative_prompt) == ("a photo of a cat", "dog")
    assert core(found) == (1024, 768, 20, 7.0, 1, Sampler.EULER_A, Schedule.KARRAS)
    assert names(found) == {"Model", "LoRA", "refinercontrolpercentage"}


@pytest.mark.parametrize("kind", ["png", "webp"])
def test_fooocus(kind: str) -> None:
    text = json.dumps(samples.FOOOCUS)
    data = (
        png(parameters=text, fooocus_scheme="fooocus")
        if kind == "png"
        # It puts the comment into the main directory, where others don't look.
        else with_exif("WEBP", {0x9286: text, 0x0131: "Fooocus v2.5.5", 0x927C: "fooocus"})
    )
    found = recovered(data)
    assert found.dialect is Dialect.FOOOCUS
    assert (found.prompt, found.negative_prompt) == ("an astronaut", "low quality")
    assert core(found) == (1152, 896, 30, 4.0, 4242, Sampler.DPMPP_2M_SDE, Schedule.KARRAS)
    assert {"Model", "LoRA", "performance", "styles", "sharpness"} <= names(found)


def test_fooocus_in_a1111s_words() -> None:
    text = (
        "an astronaut, cinematic\nSteps: 30, Sampler: DPM++ 2M SDE Karras, Seed: 5, "
        "Size: 896x1152, CFG scale: 4, Model: juggernaut, Scheduler: karras, "
        'Raw prompt: "an astronaut,\\nfloating", Raw negative prompt: "", Version: Fooocus v2.5.5'
    )
    found = recovered(png(parameters=text))
    assert found.dialect is Dialect.FOOOCUS
    assert found.prompt == "an astronaut,\nfloating"
    assert core(found) == (896, 1152, 30, 4.0, 5, Sampler.DPMPP_2M_SDE, Schedule.KARRAS)


def test_our_own_record_goes_before_every_other() -> None:
    mine = json.dumps({"prompt": "mine <lora:x:1>", "params": {"sampler": "ddim"}, "seed": 4})
    found = recovered(png(parameters=samples.A1111, tastemaker=mine))
    assert found.dialect is Dialect.TASTEMAKER
    assert found.prompt == "mine <lora:x:1>"
    assert (found.sampler, found.schedule, found.seed) == (Sampler.DDIM, None, 4)


def test_texts_behind_the_pixels_are_found() -> None:
    data = png(parameters=samples.A1111)
    start = data.index(b"tEXt") - 4
    length = int.from_bytes(data[start : start + 4], "big") + 12
    chunk, rest = data[start : start + length], data[:start] + data[start + length :]
    moved = rest[:-12] + chunk + rest[-12:]
    assert recovered(moved).seed == 12345
    assert carried(moved, max_pixels=100).texts == {}


@pytest.mark.parametrize("data", [png(), png(parameters="just words"), with_exif("JPEG", {})])
def test_a_picture_that_says_nothing(data: bytes) -> None:
    assert infotext.read(carried(data, max_pixels=10_000)) is None
