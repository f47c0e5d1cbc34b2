"""An export is a zip that other programs load and that comes back into a studio without loss."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from PIL import Image
from sqlalchemy import update

from tastemaker.cli import main
from tastemaker.errors import NotFound
from tastemaker.exchange.exporting import SKIPPED, Exporter
from tastemaker.gallery import ImageFilter
from tastemaker.storage.tables import images
from tests.exchange.conftest import MakeStudio, importer_of
from tests.exchange.test_importing import take_all
from tests.studio import Studio, png

PARAMS = {
    "num_inference_steps": 20,
    "guidance_scale": 4.5,
    "sampler": "dpmpp_2m",
    "schedule": "karras",
    "device": "cpu",
    "versions": {"torch": "2.13.0"},
    "evaluations": [{"rows": 2}],
}
PROMPTS = ['say "hi", you', "two\nlines", "🐈‍⬛ Negative prompt: no", "a red apple", " spaced "]


def filled(studio: Studio) -> None:
    """Pictures of every rating; some lack what newer ones have."""
    for number, prompt in enumerate(PROMPTS):
        params = dict(list(PARAMS.items())[: number + 2])
        image_id = studio.add(prompt, seed=number, params=params, negative_prompt="x" * number)
        studio.feedback.rate(image_id, number % 3 - 1)
    studio.gallery.update(1, title="Greeting", tags=["words", "loud"])
    with studio.database.write() as connection:
        connection.execute(
            update(images)
            .where(images.c.id == 2)
            .values(seed=None, created_at=datetime(1970, 1, 2, tzinfo=UTC))
        )


ALL = ImageFilter(sort="oldest")


def exported(studio: Studio, f: ImageFilter = ALL) -> zipfile.ZipFile:
    exporter = Exporter(studio.gallery)
    data = b"".join(exporter.stream(exporter.filtered(f)))
    return zipfile.ZipFile(io.BytesIO(data))


def test_an_export_holds_the_stored_files_by_rating(studio: Studio) -> None:
    filled(studio)
    archive = exported(studio)
    assert archive.testzip() is None
    *pictures, metadata = archive.namelist()
    assert metadata == "metadata.jsonl"
    assert len(pictures) == len(PROMPTS)
    lines = [json.loads(line) for line in archive.read("metadata.jsonl").splitlines()]
    assert [line["file_name"] for line in lines] == pictures
    for line in lines:
        image = studio.gallery.get(int(line["file_name"].rsplit("-", 1)[1].split(".")[0]))
        assert archive.read(line["file_name"]) == studio.gallery.content(image.id)
        assert (line["text"], line["feedback"], line["seed"]) == (
            image.prompt,
            image.feedback,
            image.seed,
        )
        assert line["file_name"].startswith(("liked/", "unrated/", "disliked/")[1 - image.feedback])


def test_a_filter_or_a_selection_decides(studio: Studio) -> None:
    filled(studio)
    liked = exported(studio, ImageFilter(feedback=1)).namelist()
    assert [name.split("/")[0] for name in liked] == ["liked", "metadata.jsonl"]
    exporter = Exporter(studio.gallery)
    chosen = zipfile.ZipFile(io.BytesIO(b"".join(exporter.stream(exporter.chosen([4, 2, 999])))))
    assert [name.rsplit("-", 1)[-1] for name in chosen.namelist()][:-1] == ["4.png", "2.png"]
    with pytest.raises(NotFound):
        exporter.stream(exporter.chosen([999]))


def test_a_lost_file_is_named_and_costs_no_other(studio: Studio) -> None:
    filled(studio)
    studio.blobs.delete(studio.gallery.get(3).content)
    archive = exported(studio)
    assert archive.read(SKIPPED).decode().startswith("3: ")
    assert len(archive.read("metadata.jsonl").splitlines()) == len(PROMPTS) - 1


def test_one_picture_is_in_memory_at_a_time(studio: Studio) -> None:
    noise = Image.effect_noise((400, 400), 90)
    for number in range(6):
        out = io.BytesIO()
        noise.rotate(number).save(out, "PNG")
        studio.add(content=studio.blobs.put(out.getvalue()))
    exporter = Exporter(studio.gallery)
    sizes = [len(chunk) for chunk in exporter.stream(exporter.filtered(ImageFilter()))]
    assert len(sizes) > 6
    assert max(sizes) < sum(sizes) / 4


def test_what_is_exported_and_imported_is_equal(make_studio: MakeStudio, tmp_path: Path) -> None:
    old, new = make_studio("old"), make_studio("new")
    filled(old)
    exporter = Exporter(old.gallery)
    path = tmp_path / "out.zip"
    assert exporter.write(exporter.filtered(ImageFilter(sort="oldest")), path) == len(PROMPTS)
    taken = take_all(importer_of(new), path)
    assert {one.status for one in taken.values()} == {"imported"}
    for name, one in taken.items():
        before = old.gallery.get(int(name.rsplit("-", 1)[1].split(".")[0]))
        after = new.gallery.get(one.image_id)
        assert replace(after, id=before.id, thumbnail=before.thumbnail) == before
    back = take_all(importer_of(old), path)
    assert {one.status for one in back.values()} == {"duplicate"}


def test_a_rating_changed_in_the_table_counts(make_studio: MakeStudio, tmp_path: Path) -> None:
    old, new = make_studio("old"), make_studio("new")
    old.add("a pear")
    exported(old).extractall(tmp_path / "out")
    lines = tmp_path / "out" / "metadata.jsonl"
    lines.write_text(
        lines.read_text("utf-8").replace('"feedback": 0,', '"feedback": 1,', 1), "utf-8"
    )
    (taken,) = take_all(importer_of(new), tmp_path / "out").values()
    assert new.gallery.get(taken.image_id).feedback == 1


@pytest.mark.parametrize("packed", [False, True])
def test_datasets_loads_an_export_as_an_imagefolder(
    studio: Studio, tmp_path: Path, packed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    import datasets

    datasets.disable_progress_bars()
    filled(studio)
    path = tmp_path / "out.zip"
    exporter = Exporter(studio.gallery)
    exporter.write(exporter.filtered(ImageFilter(sort="oldest")), path)
    if packed:
        where = {"data_files": str(path)}
    else:
        zipfile.ZipFile(path).extractall(tmp_path / "out")
        where = {"data_dir": str(tmp_path / "out")}
    found = datasets.load_dataset(
        "imagefolder", split="train", cache_dir=str(tmp_path / "cache"), **where
    )
    assert sorted(found["text"]) == sorted(PROMPTS)
    by_prompt = {row["text"]: row for row in found}
    for image in studio.gallery.get_many(range(1, len(PROMPTS) + 1)):
        row = by_prompt[image.prompt]
        assert row["image"].size == (8, 6)
        assert row["image"].tobytes() == Image.open(io.BytesIO(png(image.id - 1))).tobytes()
        assert row["feedback"] == image.feedback
        assert row["seed"] == image.seed
        assert row["guidance_scale"] == image.params.get("guidance_scale")
        assert list(row["tags"]) == list(image.tags)
        assert json.loads(row["tastemaker"])["params"] == dict(image.params)


def test_the_command_line_exports_and_imports(
    make_studio: MakeStudio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = make_studio("old"), make_studio("new")
    filled(old)
    run = CliRunner()
    monkeypatch.setenv("TASTEMAKER_MODELS_DIR", str(tmp_path / "models"))
    monkeypatch.setenv("TASTEMAKER_OFFLINE", "true")
    monkeypatch.setenv("TASTEMAKER_DATA_DIR", str(old.folder))
    out = tmp_path / "rated.zip"
    result = run.invoke(main, ["export", str(out), "--rating", "disliked"])
    assert (result.exit_code, result.output) == (0, f"{out}: 2 pictures\n")
    assert run.invoke(main, ["export", str(out)]).exit_code == 1
    monkeypatch.setenv("TASTEMAKER_DATA_DIR", str(new.folder))
    result = run.invoke(main, ["import", str(out)])
    assert result.exit_code == 0, result.output
    assert result.output.endswith("2 taken in, 0 there already, 0 not taken.\n")
    assert new.gallery.counts()["disliked"] == 2
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    (pictures / "bad.png").write_bytes(b"no picture")
    (pictures / "good.png").write_bytes(png(99))
    result = run.invoke(main, ["import", str(pictures)])
    assert result.exit_code == 1
    assert "bad.png: not taken." in result.output
    assert "1 taken in, 0 there already, 1 not taken." in result.output
    assert new.gallery.counts()["total"] == 3


def test_old_pictures_keep_their_time(studio: Studio) -> None:
    filled(studio)
    info = next(one for one in exported(studio).infolist() if one.filename.endswith("-2.png"))
    assert info.date_time == (1980, 1, 1, 0, 0, 0)
    recent = next(one for one in exported(studio).infolist() if one.filename.endswith("-4.png"))
    age = datetime.now(UTC).replace(tzinfo=None) - datetime(*recent.date_time)
    assert abs(age) < timedelta(minutes=5)
