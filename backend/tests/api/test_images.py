"""The gallery over HTTP: finding, paging, naming, throwing away."""

from __future__ import annotations

import base64
import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import text, update

from tastemaker.storage.tables import images
from tests.studio import Studio


def ids(client: FlaskClient, query: str = "") -> list[int]:
    return [image["id"] for image in client.get(f"/api/images?{query}").get_json()["items"]]


@pytest.fixture
def three(studio: Studio) -> list[int]:
    """Three pictures of different kinds, oldest first."""
    return [
        studio.add("a red apple", seed=1, width=64, height=64),
        studio.add("a green pear", seed=2**60, width=128, height=64, model="other"),
        studio.add("ein roter Apfel", seed=3, width=64, height=256, negative_prompt="worms"),
    ]


def test_an_empty_gallery(client: FlaskClient) -> None:
    answer = client.get("/api/images")
    assert answer.get_json() == {"items": [], "next_cursor": None, "total": None}
    assert "Link" not in answer.headers


def test_a_picture_carries_everything(client: FlaskClient, three: list[int]) -> None:
    image = client.get(f"/api/images/{three[1]}").get_json()
    assert image["prompt"] == "a green pear"
    assert image["seed"] == 2**60
    assert (image["width"], image["height"], image["model"]) == (128, 64, "other")
    assert image["feedback"] == 0
    assert image["tags"] == []
    assert image["image_url"] == f"/api/images/{three[1]}/file"
    assert image["thumbnail_url"] == f"/api/images/{three[1]}/thumbnail"
    assert image["image_data"] is None
    assert image["params"]["num_inference_steps"] == 4


def test_sorting(client: FlaskClient, three: list[int]) -> None:
    client.post("/api/feedback", json={"image_id": three[1], "feedback": 1})
    assert ids(client) == three[::-1]
    assert ids(client, "sort=oldest") == three
    assert ids(client, "sort=best")[0] == three[1]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=apple", [0]),
        ("q=pear", [1]),
        ("q=%22%27*)(", []),
        ("model=other", [1]),
        (f"seed={2**60}", [1]),
        ("min_width=100", [1]),
        ("max_width=64", [0, 2]),
        ("min_height=65", [2]),
        ("max_height=64", [0, 1]),
        ("feedback=1", [0]),
        ("feedback=0", [2]),
        ("rated=true", [0, 1]),
        ("rated=false", [2]),
        ("created_after=2000-01-01T00:00:00Z", [0, 1, 2]),
        ("created_before=2000-01-01t00:00:00%2B02:00", []),
        ("q=apple&feedback=-1", []),
        ("deleted=true", []),
        ("job_id=nothing", []),
    ],
)
def test_filters(client: FlaskClient, three: list[int], query: str, expected: list[int]) -> None:
    client.post("/api/feedback", json={"image_id": three[0], "feedback": 1})
    client.post("/api/feedback", json={"image_id": three[1], "feedback": -1})
    assert ids(client, f"sort=oldest&{query}") == [three[index] for index in expected]
    total = client.get(f"/api/images?{query}&include=total").get_json()["total"]
    assert total == len(expected)


def test_following_the_links_visits_each_picture_once(client: FlaskClient, studio: Studio) -> None:
    added = [studio.add(f"apple {number}", seed=number) for number in range(23)]
    seen: list[int] = []
    address: str | None = "/api/images?q=apple&limit=5&include=total"
    while address is not None:
        answer = client.get(address)
        page = answer.get_json()
        assert page["total"] == 23
        seen += [image["id"] for image in page["items"]]
        link = answer.headers.get("Link")
        assert (link is None) == (page["next_cursor"] is None)
        found = re.fullmatch(r'<([^>]+)>; rel="next"', link) if link else None
        address = found.group(1) if found else None
    assert seen == added[::-1]


def test_offset_for_simple_clients(client: FlaskClient, three: list[int]) -> None:
    assert ids(client, "limit=1&offset=1") == [three[1]]
    assert ids(client, "offset=3") == []


def test_image_data_is_png(client: FlaskClient, studio: Studio) -> None:
    out = io.BytesIO()
    Image.new("RGB", (9, 7), "red").save(out, "JPEG")
    image_id = studio.add(content=studio.blobs.put(out.getvalue()))
    listed = client.get("/api/images?include=image_data").get_json()["items"][0]
    single = client.get(f"/api/images/{image_id}?include=image_data").get_json()
    assert listed == single
    decoded = Image.open(io.BytesIO(base64.b64decode(single["image_data"])))
    assert (decoded.format, decoded.size) == ("PNG", (9, 7))


def test_title_and_tags(client: FlaskClient, three: list[int]) -> None:
    address = f"/api/images/{three[0]}"
    changed = client.patch(address, json={"title": " Best ", "tags": ["fruit", " red ", "fruit"]})
    assert changed.status_code == 200
    assert changed.get_json()["title"] == "Best"
    assert changed.get_json()["tags"] == ["fruit", "red"]
    assert client.patch(address, json={"tags": []}).get_json()["title"] == "Best"
    assert client.get(address).get_json()["tags"] == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "body"),
        ({"title": "x" * 201}, "title"),
        ({"title": None}, "title"),
        ({"title": "a\x00"}, "title"),
        ({"tags": "fruit"}, "tags"),
        ({"tags": ["x" * 51]}, "tags.0"),
        ({"tags": [" "]}, "tags"),
        ({"tags": ["a"] * 21}, "tags"),
        ({"deleted": "yes"}, "deleted"),
        ({"feedback": 1}, "feedback"),
    ],
)
def test_a_wrong_change_is_422(
    client: FlaskClient, three: list[int], body: dict[str, Any], field: str
) -> None:
    answer = client.patch(f"/api/images/{three[0]}", json=body)
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["field"] == field


def test_trash_and_back(client: FlaskClient, three: list[int]) -> None:
    address = f"/api/images/{three[0]}"
    assert client.delete(address).status_code == 204
    assert client.delete(address).status_code == 204
    assert three[0] not in ids(client)
    assert ids(client, "deleted=true") == [three[0]]
    assert client.get(address).get_json()["deleted_at"] is not None
    assert client.patch(address, json={"deleted": False}).get_json()["deleted_at"] is None
    assert three[0] in ids(client)
    assert client.patch(address, json={"deleted": True}).get_json()["deleted_at"] is not None


def test_for_ever_only_from_the_trash(client: FlaskClient, three: list[int]) -> None:
    address = f"/api/images/{three[0]}"
    assert client.delete(f"{address}?permanent=true").status_code == 409
    assert client.get(f"{address}/file").status_code == 200
    client.delete(address)
    assert client.delete(f"{address}?permanent=true").status_code == 204
    assert client.get(address).status_code == 404
    assert client.get(f"{address}/file").status_code == 404


def test_many_at_once(client: FlaskClient, three: list[int]) -> None:
    body = {"ids": [*three, three[0], 999], "deleted": True}
    assert client.patch("/api/images", json=body).get_json() == {"changed": 3}
    assert client.patch("/api/images", json=body).get_json() == {"changed": 0}
    body["deleted"] = False
    assert client.patch("/api/images", json=body).get_json() == {"changed": 3}


@pytest.mark.parametrize("wrong", [[], [0], [2**63], ["1"], list(range(1, 502)), None])
def test_a_wrong_selection_is_422(client: FlaskClient, wrong: object) -> None:
    assert client.patch("/api/images", json={"ids": wrong, "deleted": True}).status_code == 422


def test_counts(client: FlaskClient, three: list[int]) -> None:
    client.post("/api/feedback", json={"image_id": three[0], "feedback": 1})
    client.delete(f"/api/images/{three[1]}")
    assert client.get("/api/images/counts").get_json() == {
        "total": 2,
        "liked": 1,
        "disliked": 0,
        "unrated": 1,
        "trashed": 1,
    }


def test_neighbours(client: FlaskClient, three: list[int]) -> None:
    def beside(index: int, query: str = "") -> dict[str, int | None]:
        found: dict[str, int | None] = client.get(
            f"/api/images/{three[index]}/neighbours?{query}"
        ).get_json()
        return found

    assert beside(1) == {"previous": three[2], "next": three[0]}
    assert beside(1, "sort=oldest") == {"previous": three[0], "next": three[2]}
    assert beside(0, "sort=oldest") == {"previous": None, "next": three[1]}
    assert beside(0, "sort=oldest&max_width=64") == {"previous": None, "next": three[2]}


def test_rating(client: FlaskClient, three: list[int]) -> None:
    for feedback in (1, -1, 0):
        rated = client.post("/api/feedback", json={"image_id": three[0], "feedback": feedback})
        assert rated.get_json()["feedback"] == feedback
        assert client.get(f"/api/images/{three[0]}").get_json()["feedback"] == feedback


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"image_id": 1},
        {"image_id": 1, "feedback": 2},
        {"image_id": 1, "feedback": True},
        {"image_id": 1, "feedback": "1"},
        {"image_id": 1, "feedback": 0.5},
        {"image_id": "1", "feedback": 1},
    ],
)
def test_a_wrong_rating_is_422(client: FlaskClient, body: dict[str, Any]) -> None:
    assert client.post("/api/feedback", json=body).status_code == 422


def test_pictures_of_other_programs_are_shown_as_far_as_they_go(
    client: FlaskClient, studio: Studio
) -> None:
    image_id = studio.add(params={"num_inference_steps": "50", "sampler": "k_lms", "extra": [1]})
    image = client.get(f"/api/images/{image_id}").get_json()
    assert image["params"]["sampler"] is None
    assert image["params"]["extra"] == [1]


def test_params_that_are_no_json_numbers(client: FlaskClient, studio: Studio) -> None:
    image_id = studio.add()
    with studio.database.write() as connection:
        connection.execute(
            update(images).where(images.c.id == image_id).values(params='{"cfg": NaN, "x": 1e999}')
        )
    assert client.get(f"/api/images/{image_id}").status_code == 200


def test_a_row_with_broken_bytes_is_listed_and_says_why(
    client: FlaskClient, studio: Studio
) -> None:
    with studio.database.write() as connection:
        connection.execute(
            text("INSERT INTO images (prompt, image_data) VALUES ('a lost apple', 'not base64!')")
        )
    (image,) = client.get("/api/images?include=image_data").get_json()["items"]
    assert image["unreadable"]
    assert image["image_data"] is None
    assert client.get(image["image_url"]).status_code == 404
    assert client.get(image["thumbnail_url"]).status_code == 404
    answer = client.post("/api/variations", json={"image_id": image["id"]})
    assert answer.status_code == 404


def test_dates_are_compared_as_instants(client: FlaskClient, three: list[int]) -> None:
    soon = datetime.now(UTC) + timedelta(hours=1)
    shifted = (soon - timedelta(hours=5)).strftime("%Y-%m-%dT%H:%M:%S-05:00")
    assert ids(client, f"created_before={shifted}") == three[::-1]
    assert ids(client, f"created_after={shifted}") == []
