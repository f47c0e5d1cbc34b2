"""Pictures from elsewhere come in with all that is known of them, once each."""

from __future__ import annotations

import io
import json
import os
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tastemaker.domain import ImageRecord
from tastemaker.errors import PayloadTooLarge, UnreadableImage, UnsupportedImage
from tastemaker.exchange.importing import MAX_PARAMS, Importer, Taken
from tastemaker.exchange.sources import candidates
from tastemaker.infotext.embedding import embed
from tastemaker.infotext.record import of_image
from tests.exchange.conftest import MakeStudio, importer_of
from tests.infotext import samples
from tests.studio import Studio, png


def take_all(importer: Importer, source: Path) -> dict[str, Taken]:
    return {
        one.name: importer.take(
            one.name,
            one.read(10_000_000),
            line=one.line,
            caption=one.caption,
            modified=one.modified,
        )
        for one in candidates(source)
    }


def in_gallery(studio: Studio, importer: Importer, data: bytes, **more: Any) -> ImageRecord:
    taken = importer.take("some name.png", data, **more)
    assert taken.status == "imported"
    return studio.gallery.get(taken.image_id)


def test_another_programs_picture_keeps_its_words(studio: Studio, importer: Importer) -> None:
    image = in_gallery(studio, importer, samples.png(parameters=samples.A1111))
    assert image.prompt.startswith('a castle on a hill, "golden hour" <lora:oldStone:0.8>')
    assert image.negative_prompt == "blurry, ugly\ntext"
    assert (image.seed, image.model) == (12345, "dreamshaper_8")
    assert (image.width, image.height) == (16, 8)
    assert image.params == {
        "num_inference_steps": 28,
        "guidance_scale": 6.5,
        "sampler": "dpmpp_2m",
        "schedule": "karras",
        "strength": 0.4,
        "imported_from": "AUTOMATIC1111",
    }
    assert image.feedback == 0
    assert studio.gallery.content(image.id) == samples.png(parameters=samples.A1111)
    assert studio.gallery.thumbnail(image.id)


def test_a_picture_that_says_nothing_is_called_after_its_file(
    studio: Studio, importer: Importer
) -> None:
    image = in_gallery(studio, importer, png(3))
    assert (image.prompt, image.title, image.seed, image.params) == ("", "some name", None, {})
    captioned = in_gallery(studio, importer, png(4), caption="a red square\n")
    assert (captioned.prompt, captioned.title) == ("a red square", "")


def test_a_download_comes_back_as_it_was(make_studio: MakeStudio) -> None:
    one, other = make_studio("one"), make_studio("other")
    image_id = one.add("a pear", seed=5, negative_prompt="worms", params={"sampler": "ddim"})
    one.gallery.update(image_id, title="Pear", tags=["fruit"])
    before = one.feedback.rate(image_id, -1)
    data = embed(one.gallery.content(image_id), of_image(before))
    after = in_gallery(other, importer_of(other), data)
    same = {"id": after.id, "content": after.content, "thumbnail": after.thumbnail}
    assert replace(before, **same, width=after.width, height=after.height) == after


def test_the_same_file_is_taken_once(studio: Studio, importer: Importer) -> None:
    first = importer.take("a.png", png(1))
    again = importer.take("b.png", png(1))
    assert (again.status, again.image_id) == ("duplicate", first.image_id)
    studio.gallery.trash([first.image_id])
    assert importer.take("c.png", png(1)).in_trash


def test_a_download_of_what_is_here_is_known_by_its_pixels(
    studio: Studio, importer: Importer
) -> None:
    image_id = studio.add("a pear", seed=5)
    told = of_image(studio.gallery.get(image_id))
    data = embed(png(5), told)
    assert data != png(5)
    assert importer.take("x.png", data) == Taken(
        "duplicate", image_id, importer.take("x.png", data).dialect
    )
    # Painted over, it is another picture, whatever its record says.
    painted = importer.take("y.png", embed(png(6), told))
    assert painted.status == "imported"


def test_a_rating_is_given_to_one_that_has_none(studio: Studio, importer: Importer) -> None:
    image_id = studio.add(seed=5)
    rated = importer.take("x.png", png(5), line={"feedback": 1})
    assert rated.rated
    assert studio.gallery.get(image_id).feedback == 1
    again = importer.take("x.png", png(5), line={"feedback": -1})
    assert not again.rated
    assert studio.gallery.get(image_id).feedback == 1


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"no picture", UnsupportedImage),
        (samples.png((64, 64))[:-40], UnreadableImage),
        (b"\x00" * 1_000_001, PayloadTooLarge),
    ],
)
def test_what_is_no_picture_is_refused(
    studio: Studio, importer: Importer, data: bytes, error: type[Exception]
) -> None:
    with pytest.raises(error):
        importer.take("x.png", data)
    assert studio.gallery.counts()["total"] == 0


def test_too_many_pixels_are_refused(studio: Studio) -> None:
    with pytest.raises(UnreadableImage, match="at most 100 pixels"):
        importer_of(studio, max_pixels=100).take("x.png", png(1, (11, 10)))


def test_a_record_made_to_hurt_is_cut(studio: Studio) -> None:
    bad = {
        "prompt": "p" * 300_000,
        "title": "t\x00" * 1000,
        "tags": ["x" * 500] * 500,
        "params": {"a": "b" * MAX_PARAMS},
        "feedback": 7,
        "created_at": "0000",
        "seed": 2**70,
        "model": "\ud800",
    }
    roomy = importer_of(studio, max_bytes=8_000_000)
    image = in_gallery(studio, roomy, samples.png(tastemaker=json.dumps(bad)))
    assert len(image.prompt) == 200_000
    assert len(image.title) == 200
    assert (len(image.tags), len(image.tags[0])) == (50, 100)
    assert (image.params, image.feedback, image.seed) == ({}, 0, None)


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF"])
def test_every_format_that_is_shown_is_taken(studio: Studio, importer: Importer, kind: str) -> None:
    out = io.BytesIO()
    Image.new("RGB", (20, 10), (9, 9, 200)).save(out, kind)
    image = in_gallery(studio, importer, out.getvalue())
    assert (image.width, image.height) == (20, 10)


def folder_of(root: Path) -> Path:
    (root / "inner").mkdir(parents=True)
    (root / ".hidden").mkdir()
    (root / "a.png").write_bytes(png(1))
    (root / "b.jpg").write_bytes(samples.with_exif("JPEG", {}, samples.comment(samples.A1111)))
    (root / "b.txt").write_text("not used: the picture speaks for itself", encoding="utf-8")
    (root / "inner" / "c.png").write_bytes(png(2))
    (root / "inner" / "d.png").write_bytes(png(3))
    (root / "inner" / "d.txt").write_text("a blue thing", encoding="utf-8")
    (root / ".hidden" / "e.png").write_bytes(png(4))
    (root / "notes.md").write_text("no picture", encoding="utf-8")
    lines = [
        {"file_name": "./a.png", "text": "an apple", "rating": 1, "tags": ["x", 4]},
        {"file_name": "inner/c.png", "prompt": "a cherry", "negative_prompt": "stone", "seed": 6},
        {"file_name": "../../etc/passwd", "text": "never opened"},
        "no JSON at all",
    ]
    text = "\n".join(one if isinstance(one, str) else json.dumps(one) for one in lines)
    (root / "metadata.jsonl").write_text(text, encoding="utf-8")
    os.utime(root / "inner" / "d.png", (1_700_000_000, 1_700_000_000))
    return root


def zip_of(folder: Path, out: Path) -> Path:
    with zipfile.ZipFile(out, "w") as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, path.relative_to(folder))
    return out


@pytest.mark.parametrize("packed", [False, True])
def test_a_folder_comes_in_with_what_lies_beside_the_pictures(
    studio: Studio, importer: Importer, tmp_path: Path, packed: bool
) -> None:
    source = folder_of(tmp_path / "pictures")
    taken = take_all(importer, zip_of(source, tmp_path / "p.zip") if packed else source)
    assert sorted(taken) == ["a.png", "b.jpg", "inner/c.png", "inner/d.png"]
    apple, castle, cherry, blue = (studio.gallery.get(taken[n].image_id) for n in sorted(taken))
    assert (apple.prompt, apple.feedback, apple.tags) == ("an apple", 1, ("x",))
    assert castle.seed == 12345
    assert (cherry.prompt, cherry.negative_prompt, cherry.seed) == ("a cherry", "stone", 6)
    assert blue.prompt == "a blue thing"
    if not packed:
        assert blue.created_at == datetime.fromtimestamp(1_700_000_000, UTC)
    again = take_all(importer, source)
    assert {one.status for one in again.values()} == {"duplicate"}


def test_a_zip_that_lies_is_one_files_fault(
    studio: Studio, importer: Importer, tmp_path: Path
) -> None:
    path = tmp_path / "p.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.png", b"\x00" * 50_000_000)
        archive.writestr("good.png", png(1))
    results = {}
    for one in candidates(path):
        data = one.read(1_000_001)
        assert len(data) <= 1_000_001
        try:
            results[one.name] = importer.take(one.name, data).status
        except PayloadTooLarge:
            results[one.name] = "too large"
    assert results == {"bomb.png": "too large", "good.png": "imported"}
