"""Files made to hurt: each is read in bounded time and memory, or refused with a reason."""

from __future__ import annotations

import contextlib
import json
import struct
import tracemalloc
import zlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tastemaker import infotext
from tastemaker.errors import UnreadableImage, UnsupportedImage
from tastemaker.infotext import a1111, comfyui
from tastemaker.infotext.carriers import MAX_TEXT, carried
from tastemaker.infotext.mapping import MAX_UNMAPPED, recover
from tests.infotext import samples
from tests.infotext.samples import comfy_png, comment, png, with_exif

KEYS = ("parameters", "prompt", "workflow", "invokeai_metadata", "sd-metadata", "tastemaker")


def everything(data: bytes) -> Any:
    """What the API does with a file."""
    found = carried(data, max_pixels=1_000_000)
    reading = infotext.read(found)
    return reading and recover(reading, (found.width, found.height), lambda _: None)


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def test_a_compressed_bomb_of_text_is_not_unpacked() -> None:
    bomb = zlib.compress(b"a" * 200_000_000, 9)
    data = png()
    for kind, body in (
        (b"zTXt", b"parameters\x00\x00" + bomb),
        (b"iTXt", b"parameters\x00\x01\x00\x00\x00" + bomb),
    ):
        bad = data[:33] + chunk(kind, body) + data[33:]
        tracemalloc.start()
        with contextlib.suppress(UnreadableImage):
            assert not everything(bad)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 16 * 1024 * 1024


def test_a_text_that_is_too_long_is_named_and_left_out() -> None:
    found = carried(png(parameters="x" * (MAX_TEXT + 1)), max_pixels=1000)
    assert found.texts == {}
    assert found.too_long == ("parameters",)


def test_many_texts_are_bounded() -> None:
    found = carried(png(**{f"key{n}": "x" for n in range(500)}), max_pixels=1000)
    assert len(found.texts) == 64


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        "null",
        "{}",
        '{"nodes": 3, "links": 4}',
        '{"prompt": 5, "sui_image_params": [], "seed": {}, "image": []}',
        '{"1": null, "2": {"inputs": []}, "3": {"class_type": "KSampler"}}',
        "[" * 100_000,
        '{"a":' * 50_000,
        '{"seed": ' + "9" * 6000 + "}",
        '{"prompt": "x", "params": {"sampler": [1], "guidance_scale": NaN}, "seed": 1e999}',
    ],
)
def test_wrong_json_is_no_crash(key: str, text: str) -> None:
    everything(png(**{key.replace("-", "__"): text}))


def test_a_graph_with_circles_ends() -> None:
    graph = json.loads(json.dumps(samples.COMFY))
    graph["5"] = {"class_type": "Loop", "inputs": {"samples": ["3", 0], "text": ["5", 0]}}
    graph["6"]["inputs"]["text"] = ["6", 0]
    graph["7"] = {"class_type": "Combine", "inputs": {"a": ["7", 0], "b": ["6", 0]}}
    graph["4"]["inputs"] = {"ckpt_name": ["4", 0], "model": ["10", 0]}
    found = everything(comfy_png(graph))
    assert found.num_inference_steps == 25
    assert found.prompt == ""


def test_samplers_in_a_circle_end() -> None:
    graph = {
        str(n): {
            "class_type": "KSampler",
            "inputs": {
                "steps": n + 1,
                "sampler_name": "euler",
                "latent_image": [str((n + 1) % 9), 0],
            },
        }
        for n in range(9)
    }
    assert everything(comfy_png(graph)).num_inference_steps is not None


@pytest.mark.timeout(20)
def test_huge_graphs_are_read_in_bounded_time() -> None:
    long = {
        str(n): {
            "class_type": "KSampler",
            "inputs": {
                "sampler_name": "euler",
                "steps": 5,
                "latent_image": [str(n + 1), 0],
                "positive": [str(n + 1), 0],
                "negative": [str(n + 2), 0],
                "model": [str(n + 1), 0],
            },
        }
        for n in range(comfyui.MAX_NODES)
    }
    assert everything(comfy_png(long)).num_inference_steps == 5
    wide = {"1": {"class_type": "S", "inputs": {f"i{n}": ["1", 0] for n in range(80_000)}}}
    assert everything(comfy_png(wide)) is None
    many = {str(n): {"class_type": "x", "inputs": {}} for n in range(comfyui.MAX_NODES + 1)}
    assert everything(comfy_png(many)) is None


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "line",
    ["a" * 100_000, " " * 100_000, 'ab:"' * 25_000, 'ab:"\\' * 20_000, "Steps: 1, " * 10_000],
)
def test_lines_made_for_slow_patterns_are_quick(line: str) -> None:
    a1111.read({"parameters": f"cat\n{line}"})
    a1111.read({"parameters": "<lora:" * 300_000 + "\nSteps: 1, Seed: 2, Sampler: x"})
    a1111.read({"parameters": "<lora:a:" * 200_000 + "\nSteps: 1, Seed: 2, Sampler: x"})


def test_what_is_unmapped_is_bounded() -> None:
    pairs = ", ".join(f"Key {n}: {'v' * 2000}" for n in range(40))
    found = everything(png(parameters=f"cat\nSteps: 1, Seed: 2, Sampler: x, {pairs}"))
    assert len(found.unmapped) == MAX_UNMAPPED
    assert all(len(item.value) <= 300 for item in found.unmapped)


def test_a_truncated_picture_still_says_what_stands_before_the_damage() -> None:
    data = png((400, 400), parameters=samples.A1111)
    assert everything(data[: data.index(b"IDAT") + 20]).seed == 12345


@pytest.mark.parametrize("data", [b"", b"GIF?", b"<svg/>", b"%PDF-1.7", bytes(99)])
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(UnsupportedImage):
        everything(data)


good = [
    png(parameters=samples.A1111),
    comfy_png(samples.COMFY),
    with_exif("JPEG", {}, comment(samples.A1111)),
    with_exif("WEBP", {0x0110: f"prompt:{json.dumps(samples.COMFY)}"}),
]


@given(st.sampled_from(good), st.data())
@settings(max_examples=150, deadline=None)
def test_damage_anywhere_is_no_crash(file: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(file) - 1))
    junk = data.draw(st.binary(max_size=8))
    cut = data.draw(st.booleans())
    with contextlib.suppress(UnsupportedImage, UnreadableImage):
        everything(file[:at] + junk if cut else file[:at] + junk + file[at + len(junk) :])


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=6,
)
FIELDS = [
    "prompt",
    "positive_prompt",
    "negativeprompt",
    "seed",
    "steps",
    "cfgscale",
    "width",
    "sampler",
    "scheduler",
    "model",
    "loras",
    "loraweights",
    "resolution",
    "base_model",
    "performance",
    "params",
    "tags",
    "feedback",
    "created_at",
    "image",
]


@given(st.dictionaries(st.sampled_from(FIELDS), values), st.sampled_from(KEYS))
@settings(max_examples=200, deadline=None)
def test_values_of_any_type_are_no_crash(said: dict[str, Any], key: str) -> None:
    text = json.dumps(said)
    for whole in (text, json.dumps({"sui_image_params": said}), json.dumps({"image": said})):
        reading = infotext.read(carried_texts(key, whole))
        if reading is not None:
            recover(reading, (8, 8), lambda _: None)


def carried_texts(key: str, text: str) -> Any:
    from tastemaker.infotext.carriers import Carried

    return Carried({key: text}, 8, 8)
