"""What downloads carry is read by other programs' parser, and exactly by ourselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image
from sd_parsers import ParserManager
from sd_parsers.data import PromptInfo

from tastemaker.domain import MAX_SEED, Extend, Hires, Sampler, Schedule, Upscaler
from tastemaker.infotext import a1111, record
from tastemaker.infotext.carriers import carried
from tastemaker.infotext.embedding import convert, embed
from tastemaker.infotext.names import find_sampler, find_schedule, sampler_label, schedule_label
from tastemaker.infotext.record import PictureRecord
from tests.studio import REQUEST

_alive: list[Image.Image] = []
KINDS = ("PNG", "JPEG", "WEBP")
RECORD = PictureRecord(
    prompt="a red apple",
    negative_prompt="worms",
    seed=7,
    width=64,
    height=32,
    model="starter",
    params={
        "num_inference_steps": 20,
        "guidance_scale": 4.5,
        "sampler": "dpmpp_2m",
        "schedule": "karras",
        "device": "cpu",
        "versions": {"tastemaker": "0.1.0"},
    },
    feedback=-1,
    title="Apple, again",
    tags=("fruit", "red"),
    created_at=datetime(2026, 1, 31, 12, tzinfo=UTC),
    content="sha256:" + "0" * 64,
)
# Anything that can be typed: no halves of surrogate pairs, no NUL.
texts = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=80)
pieces = (
    "Negative prompt:",
    "Negative prompt\u2060:",
    "a cat",
    ",",
    '"',
    "\n",
    "Steps: 20, ",
    "Sampler: x, Seed: 1",
    "CFG scale: 2",
    "🐈\u200d⬛",
    "<lora:x:1>",
    "{",
    "}",
    "\\",
    "é",
    "苹果",
    " ",
)
words = st.lists(st.sampled_from(pieces), max_size=9).map("".join)


def other_programs(text: str) -> str:
    """What a reader that knows nothing of the word joiner can have read of a prompt."""
    return a1111.escape(text).strip()


def parsed(data: bytes) -> PromptInfo | None:
    """What sd-parsers reads. It remembers the last picture by `id`, so that one has to live on."""
    image = Image.open(BytesIO(data))
    found = ParserManager().parse(image)
    _alive[:] = [image]
    return found


def picture(size: tuple[int, int] = (64, 32)) -> Image.Image:
    return Image.linear_gradient("L").resize(size).convert("RGB")


@pytest.mark.parametrize("kind", KINDS)
@given(
    prompt=texts | words,
    negative=texts | words,
    seed=st.integers(0, MAX_SEED),
    steps=st.integers(1, 150),
    guidance=st.floats(0, 50),
    sampler=st.sampled_from(Sampler),
    schedule=st.sampled_from(Schedule),
)
@example("a\nNegative prompt: b", "Negative prompt: c", 0, 1, 1e-7, Sampler.PNDM, Schedule.NORMAL)
@example('say "hi, you": 🐈\nnow', "x\ny, z", MAX_SEED, 9, 7.0, Sampler.EULER_A, Schedule.KARRAS)
@settings(max_examples=100, deadline=None)
def test_every_core_field_is_read_by_another_programs_parser(
    kind: str,
    prompt: str,
    negative: str,
    seed: int,
    steps: int,
    guidance: float,
    sampler: Sampler,
    schedule: Schedule,
) -> None:
    told = replace(
        RECORD,
        prompt=prompt,
        negative_prompt=negative,
        seed=seed,
        params={
            "num_inference_steps": steps,
            "guidance_scale": guidance,
            "sampler": sampler.value,
            "schedule": schedule.value,
        },
    )
    data = convert(picture(), kind, told)
    found = parsed(data)
    assert found is not None
    assert [p.value for p in found.prompts] == [other_programs(prompt)] * bool(prompt.strip())
    given_negative = [p.value for p in found.negative_prompts]
    assert given_negative == [other_programs(negative)] * bool(negative.strip())
    one = found.samplers[0]
    assert one.name == sampler_label(sampler)
    assert one.model is not None
    assert one.model.name == "starter"
    assert one.parameters["scheduler"] == schedule_label(schedule)
    assert int(one.parameters["seed"]) == seed
    assert int(one.parameters["steps"]) == steps
    assert float(one.parameters["cfg_scale"]) == guidance
    assert found.metadata["Size"] == "64x32"
    # Our own record says everything exactly, white space at the ends and all.
    texts_there = carried(data, max_pixels=10_000).texts
    ours = record.read(texts_there)
    assert ours is not None
    assert ours.record is not None
    assert record.from_dict(ours.record) == told
    # And without it the infotext alone says the same, but for that white space.
    alone = a1111.read({"parameters": texts_there["parameters"]})
    assert alone is not None
    assert alone.prompt == prompt.replace("\r\n", "\n").strip()
    assert alone.negative_prompt == negative.replace("\r\n", "\n").strip()
    assert find_sampler(alone.sampler or "") == (sampler, None)
    assert find_schedule(alone.schedule or "", alone.sampler) is schedule


def test_plain_prompts_are_written_as_they_are() -> None:
    text = a1111.write(RECORD)
    assert text == (
        "a red apple\nNegative prompt: worms\nSteps: 20, Sampler: DPM++ 2M, Schedule type: Karras, "
        "CFG scale: 4.5, Seed: 7, Size: 64x32, Model: starter, Version: Tastemaker 0.1.0"
    )


@given(text=texts | words)
def test_the_word_joiner_is_taken_out_again(text: str) -> None:
    assert a1111.MARK not in a1111.escape(text)
    assert a1111.unescape(a1111.escape(text)) == text
    assert a1111.escape(text).replace("\u2060", "") == text.replace("\u2060", "")


@given(text=texts | words)
def test_values_with_punctuation_are_quoted_as_json(text: str) -> None:
    quoted = a1111.quote(text)
    assert a1111.unquote(quoted) == text
    assert quoted.startswith('"') or not set(quoted) & set(",:\n")


@pytest.mark.parametrize("kind", KINDS)
def test_embedding_touches_no_pixel_and_replaces_what_was_there(kind: str) -> None:
    out = BytesIO()
    picture().save(out, kind, **({"lossless": True} if kind == "WEBP" else {}))
    once = embed(out.getvalue(), RECORD)
    twice = embed(once, replace(RECORD, feedback=1))
    plain, first, second = (Image.open(BytesIO(data)) for data in (out.getvalue(), once, twice))
    assert plain.tobytes() == first.tobytes() == second.tobytes()
    assert embed(once, RECORD) == once
    found = record.read(carried(twice, max_pixels=10_000).texts)
    assert found is not None
    assert found.record is not None
    assert found.record["feedback"] == 1


@pytest.mark.parametrize("kind", KINDS)
def test_transparency_and_animation_survive(kind: str) -> None:
    if kind == "JPEG":
        return
    frames = [Image.new("RGBA", (8, 8), (shade, 0, 0, 128)) for shade in (0, 100, 200)]
    out = BytesIO()
    frames[0].save(out, kind, save_all=True, append_images=frames[1:])
    found = Image.open(BytesIO(embed(out.getvalue(), RECORD)))
    assert found.n_frames == 3
    found.seek(2)
    assert found.convert("RGBA").getpixel((0, 0))[3] == 128


def test_a_camera_keeps_its_word() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Camera"
    out = BytesIO()
    picture().save(out, "JPEG", exif=exif)
    found = Image.open(BytesIO(embed(out.getvalue(), RECORD))).getexif()
    assert (found[0x0112], found[0x010F]) == (6, "Camera")
    assert carried(embed(out.getvalue(), RECORD), max_pixels=10_000).width == 32


def test_a_cameras_preview_gives_way_to_the_settings() -> None:
    exif = Image.Exif()
    exif[0x0112] = 3
    exif[0x010E] = "x" * 60_000
    out = BytesIO()
    picture().save(out, "JPEG", exif=exif)
    data = embed(out.getvalue(), replace(RECORD, prompt="🐈" * 4000))
    found = Image.open(BytesIO(data)).getexif()
    assert found[0x0112] == 3
    assert 0x010E not in found
    read = parsed(data)
    assert read is not None
    assert read.prompts[0].value == "🐈" * 4000


def test_what_lies_behind_a_picture_stays() -> None:
    out = BytesIO()
    picture().save(out, "PNG")
    assert embed(out.getvalue() + b"tail", RECORD).endswith(b"tail")


def test_the_longest_prompts_fit_into_every_format() -> None:
    cats = replace(RECORD, prompt="🐈" * 4000, negative_prompt="&" * 4000)
    for kind in KINDS:
        data = convert(picture(), kind, cats)
        found = parsed(data)
        assert found is not None
        assert found.prompts[0].value == cats.prompt
        ours = record.read(carried(data, max_pixels=10_000).texts)
        assert ours is not None
        assert ours.prompt == cats.prompt


def test_what_can_be_asked_for_has_names_that_lead_back() -> None:
    for sampler in Sampler:
        assert find_sampler(sampler_label(sampler)) == (sampler, None)
        assert find_sampler(sampler.value) == (sampler, None)
    for schedule in Schedule:
        assert find_schedule(schedule_label(schedule)) is schedule


def test_other_names_of_the_same_samplers_are_known() -> None:
    for written, sampler in (
        ("Euler ancestral", Sampler.EULER_A),
        ("uni_pc_bh2", Sampler.UNIPC),
        ("UniPC bh2", Sampler.UNIPC),
        ("DPM++ SDE", Sampler.DPMPP_SDE),
        ("k_heun", Sampler.HEUN),
    ):
        assert find_sampler(written) == (sampler, None)
    assert find_schedule("align_your_steps") is Schedule.AYS


def test_the_record_of_a_request_is_the_same_each_time() -> None:
    told = record.of_request(REQUEST, 8)
    assert told.seed == 8
    assert told.params["sampler"] == "euler"
    assert "num_images" not in told.params
    assert told.to_json() == record.of_request(REQUEST, 8).to_json()


def test_a_second_pass_is_told_as_others_tell_it() -> None:
    """A1111's size is that of the first pass; the record has the picture's own and both passes."""
    hires = Hires(2.0, 0.5, 12, Upscaler.LATENT)
    asked = replace(REQUEST, hires=hires, final_width=128, final_height=128)
    told = record.of_request(asked, 8)
    text = a1111.write(told)
    assert "Size: 64x64" in text
    assert "Denoising strength: 0.5, Hires upscale: 2, Hires steps: 12" in text
    assert "Hires upscaler: Latent" in text
    assert (told.width, told.height) == (128, 128)
    assert (told.params["width"], told.params["hires"]["scale"]) == (64, 2.0)
    back = record.read({record.KEY: told.to_json()})
    assert back is not None
    assert (back.values["width"], back.values["height"]) == (64, 64)
    found = parsed(convert(picture(), "PNG", told))
    assert found is not None
    assert found.samplers[0].parameters["steps"] == str(REQUEST.num_inference_steps)


def test_an_edit_is_told_as_others_tell_it() -> None:
    edit = replace(
        REQUEST,
        mask="sha256:0",
        mask_blur=6,
        only_masked=True,
        padding=16,
        strength=0.75,
        extend=Extend(left=8),
        final_width=72,
        final_height=64,
    )
    told = record.of_request(edit, 8)
    text = a1111.write(told)
    assert "Size: 72x64" in text
    assert "Denoising strength: 0.75, Mask blur: 6, Inpaint area: Only masked" in text
    assert "Masked area padding: 16" in text
    assert told.params["extend"] == {"left": 8, "top": 0, "right": 0, "bottom": 0}
    back = record.read({record.KEY: told.to_json()})
    assert back is not None
    assert (back.values["width"], back.values["height"]) == (72, 64)


def test_records_of_earlier_versions_are_read() -> None:
    found = record.from_dict({**REQUEST.to_dict(), "seed": 9, "num_images": 1})
    assert found is not None
    assert (found.prompt, found.seed, found.model) == ("a red apple", 9, "starter")
    assert found.params == {
        "num_inference_steps": 4,
        "guidance_scale": 4.0,
        "sampler": "euler",
        "schedule": "normal",
    }
