"""Comparing pictures and the state of the ratings over HTTP."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.studio import Studio


def test_a_choice_and_back(client: FlaskClient, studio: Studio) -> None:
    ids = [studio.add(seed=n) for n in range(3)]
    shown = client.get("/api/preferences/next").get_json()
    assert [image["id"] for image in shown["images"]] == ids[::-1]
    assert (shown["prompt"], shown["remaining"]) == ("a red apple", 1)
    body = {"preferred_id": ids[1], "rejected_ids": [ids[0], ids[2]]}
    answer = client.post("/api/preferences", json=body)
    assert answer.status_code == 201
    made = answer.get_json()
    assert (made["pairs"], made["preferred"]["id"]) == (2, ids[1])
    assert client.get("/api/preferences/next").get_json() == {
        "prompt": None, "images": [], "remaining": 0,
    }  # fmt: skip
    assert client.get("/api/feedback/summary").get_json()["preferences"] == 2
    undone = client.delete(f"/api/preferences/{made['choice']}")
    assert undone.get_json() == {"choice": made["choice"], "pairs": 2}
    assert client.delete(f"/api/preferences/{made['choice']}").status_code == 404
    assert client.get("/api/preferences/next").get_json()["remaining"] == 1


def test_skipped_sets_do_not_come_again(client: FlaskClient, studio: Studio) -> None:
    ids = [studio.add(seed=n) for n in range(2)]
    skipped = ",".join(map(str, ids))
    assert client.get(f"/api/preferences/next?exclude={skipped}").get_json()["images"] == []
    for wrong in ("x", "1,", ",", "1;2", "-1"):
        assert client.get(f"/api/preferences/next?exclude={wrong}").status_code == 422
    assert client.get(f"/api/preferences/next?exclude={'9' * 19}").status_code == 200


def test_what_is_wrong_is_named(client: FlaskClient, studio: Studio) -> None:
    one, other = studio.add(), studio.add("a blue car")
    for body, field in (
        ({"preferred_id": one}, "rejected_ids"),
        ({"preferred_id": one, "rejected_ids": []}, "rejected_ids"),
        ({"preferred_id": one, "rejected_ids": [other]}, "rejected_ids"),
        ({"preferred_id": one, "rejected_ids": [one]}, "rejected_ids"),
        ({"preferred_id": "1", "rejected_ids": [other]}, "preferred_id"),
        ({"preferred_id": one, "rejected_ids": [other] * 8}, "rejected_ids"),
    ):
        answer = client.post("/api/preferences", json=body)
        assert answer.status_code == 422, body
        assert answer.get_json()["errors"][0]["field"] == field
    missing = client.post("/api/preferences", json={"preferred_id": one, "rejected_ids": [999]})
    assert missing.status_code == 404


@pytest.mark.parametrize(
    ("liked", "disliked", "level", "needed"),
    [
        (0, 0, "too_few", 10),
        (9, 0, "too_few", 1),
        (0, 12, "too_few", 1),
        (10, 0, "likes", 41),
        (60, 1, "likes", 4),
        (30, 21, "preferences", 149),
    ],
)
def test_the_ratings_say_what_they_are_enough_for(
    client: FlaskClient, studio: Studio, liked: int, disliked: int, level: str, needed: int
) -> None:
    content = studio.blobs.put(b"the same picture each time")
    for number in range(liked + disliked):
        image_id = studio.add(content=content)
        studio.feedback.rate(image_id, 1 if number < liked else -1)
    studio.add(content=content)
    found = client.get("/api/feedback/summary").get_json()
    assert (found["liked"], found["disliked"], found["unrated"]) == (liked, disliked, 1)
    assert (found["level"], found["needed"]) == (level, needed)
    assert found["advice"].endswith(".")
