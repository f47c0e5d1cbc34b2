"""Grids over HTTP: cells differ in the axes alone; the sheet shows them with their labels."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image

from tests.api.fake_pool import FakePool


def jobs_of(client: FlaskClient, batch: dict[str, Any]) -> list[dict[str, Any]]:
    found = client.get(f"/api/batches/{batch['id']}/jobs").get_json()["items"]
    return [job["request"] for job in found]


def sheet_of(client: FlaskClient, batch: dict[str, Any]) -> Image.Image:
    answer = client.get(f"/api/grids/{batch['id']}/sheet")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    return Image.open(io.BytesIO(answer.data))


def test_cells_differ_in_the_axes_alone(client: FlaskClient) -> None:
    body = {
        "prompt": "a red apple",
        "x": {"parameter": "num_inference_steps", "values": ["1-3"]},
        "y": {"parameter": "prompt", "values": ["red", "green"]},
        "width": 64,
        "height": 64,
    }
    answer = client.post("/api/grids", json=body)
    assert answer.status_code == 201
    batch = answer.get_json()
    assert batch["kind"] == "grid"
    assert batch["grid"] == {
        "x": {"parameter": "num_inference_steps", "labels": ["1", "2", "3"]},
        "y": {"parameter": "prompt", "labels": ["red", "green"]},
    }
    cells = jobs_of(client, batch)
    assert [(one["prompt"], one["num_inference_steps"]) for one in cells] == [
        (f"a {colour} apple", steps) for colour in ("red", "green") for steps in (1, 2, 3)
    ]
    assert len({one["seed"] for one in cells}) == 1


@pytest.mark.parametrize(
    ("axis", "expected"),
    [
        ({"parameter": "seed", "values": ["4", "9"]}, {4, 9}),
        ({"parameter": "guidance_scale", "values": ["1-2:0.5"]}, {1.0, 1.5, 2.0}),
        ({"parameter": "sampler", "values": ["euler", "heun"]}, {"euler", "heun"}),
        ({"parameter": "negative_prompt", "values": ["", "blurry"]}, {"", "blurry"}),
        ({"parameter": "model", "values": ["starter", "other"]}, {"starter", "other"}),
        ({"parameter": "width", "values": ["64", "128"]}, {64, 128}),
    ],
)
def test_every_parameter(client: FlaskClient, axis: dict[str, Any], expected: set[Any]) -> None:
    batch = client.post("/api/grids", json={"prompt": "a cat", "x": axis}).get_json()
    assert {one[axis["parameter"]] for one in jobs_of(client, batch)} == expected


def test_styles_can_be_compared(client: FlaskClient) -> None:
    for name in ("ink", "oil"):
        client.post("/api/styles", json={"name": name, "prompt": f"{name} of {{prompt}}"})
    axis = {"parameter": "styles", "values": ["ink", "oil"]}
    batch = client.post("/api/grids", json={"prompt": "a cat", "x": axis}).get_json()
    assert [one["prompt"] for one in jobs_of(client, batch)] == ["ink of a cat", "oil of a cat"]


def test_the_sheet_shows_every_cell_where_it_belongs(client: FlaskClient, pool: FakePool) -> None:
    body = {
        "prompt": "a cat",
        "x": {"parameter": "seed", "values": ["1", "2", "3"]},
        "y": {"parameter": "num_inference_steps", "values": ["2", "4"]},
        "width": 256,
        "height": 256,
    }
    batch = client.post("/api/grids", json=body).get_json()
    sheet = sheet_of(client, batch)
    jobs = client.get(f"/api/batches/{batch['id']}/jobs").get_json()["items"]
    images = [job["images"][0]["id"] for job in jobs]
    for place, image_id in enumerate(images):
        data = client.get(f"/api/images/{image_id}/file").data
        colour = Image.open(io.BytesIO(data)).convert("RGB").getpixel((9, 9))
        row, column = divmod(place, 3)
        x = sheet.width - (3 - column) * 264 + 128
        y = sheet.height - (2 - row) * 264 + 128
        assert sheet.getpixel((x, y)) == colour
    # Something is written above the first column and beside the first row.
    above = sheet.crop((sheet.width - 3 * 264, 40, sheet.width, sheet.height - 2 * 264))
    beside = sheet.crop((0, sheet.height - 2 * 264, sheet.width - 3 * 264, sheet.height - 264))
    for margin in (above, beside):
        assert margin.convert("L").getextrema()[0] < 90


def test_what_is_missing_stays_empty(client: FlaskClient, pool: FakePool) -> None:
    pool.paused = True
    axis = {"parameter": "seed", "values": ["1", "2"]}
    batch = client.post("/api/grids", json={"prompt": "a cat", "x": axis}).get_json()
    assert sheet_of(client, batch).size[0] > 500
    pool.draw(pool.claim())
    first = client.get(f"/api/batches/{batch['id']}").get_json()["images"][0]["id"]
    client.delete(f"/api/images/{first}")
    assert sheet_of(client, batch).getcolors(1 << 20)
    plain = client.post("/api/batches", json={"text": "a"}).get_json()
    answer = client.get(f"/api/grids/{plain['id']}/sheet")
    assert "no grid" in answer.get_json()["detail"]


def test_large_grids_make_sheets_of_bounded_size(client: FlaskClient, pool: FakePool) -> None:
    pool.paused = True
    long = "word " * 100
    body = {
        "prompt": "a word",
        "x": {"parameter": "seed", "values": ["1-40"]},
        "y": {"parameter": "prompt", "values": ["word", long.strip()[:400], "日本語 🎉 x"]},
    }
    batch = client.post("/api/grids", json=body).get_json()
    assert max(sheet_of(client, batch).size) <= 8192


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"x": {"parameter": "seed", "values": ["1", "1"]}}, "x.values", "twice"),
        ({"x": {"parameter": "seed", "values": ["one"]}}, "x.values", "no whole number"),
        ({"x": {"parameter": "width", "values": ["64", "65"]}}, "x.values", "multiple"),
        ({"x": {"parameter": "sampler", "values": ["magic"]}}, "x.values", "magic"),
        ({"x": {"parameter": "model", "values": ["nowhere"]}}, "x.values", "no model"),
        ({"x": {"parameter": "styles", "values": ["none"]}}, "x.values", "no style"),
        ({"x": {"parameter": "prompt", "values": ["dog", "cow"]}}, "x.values", "words of the"),
        ({"y": {"parameter": "seed", "values": ["5"]}}, "y.parameter", "another"),
        (
            {
                "x": {"parameter": "seed", "values": ["1-50"]},
                "y": {"parameter": "width", "values": ["8-400:8"]},
            },
            "x.values",
            "at most 400",
        ),
        ({"x": {"parameter": "colour", "values": ["1"]}}, "x.parameter", "must be"),
        ({"width": 7}, "width", "multiple"),
    ],
)
def test_wrong_grids(client: FlaskClient, change: dict[str, Any], field: str, words: str) -> None:
    body = {"prompt": "a cat", "x": {"parameter": "seed", "values": ["1", "2"]}, **change}
    answer = client.post("/api/grids", json=body)
    assert answer.status_code == 422
    (one,) = answer.get_json()["errors"]
    assert one["field"] == field
    assert words in one["message"]
