"""Prompt tools over HTTP: alternatives, history, wildcards, styles, tokens, surprises."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tastemaker.prompting.styles import read_csv
from tests.api.conftest import MakeServices, checked_app
from tests.api.fake_pool import FakePool


def test_alternatives_follow_the_seed_and_the_record_keeps_both(client: FlaskClient) -> None:
    client.put("/api/wildcards/animals/small", json={"text": "mouse\n# not this\nvole\n"})
    body = {"prompt": "a {red|green|blue} __animals/small__", "seed": 5, "num_images": 6}
    job = client.post("/api/generate", json=body).get_json()
    drawn = [image["prompt"] for image in job["images"]]
    assert len(set(drawn)) > 1
    assert all("{" not in prompt and "__" not in prompt for prompt in drawn)
    assert {image["params"]["template"] for image in job["images"]} == {body["prompt"]}
    assert job["request"]["template"] == body["prompt"]
    # The picture's template and its seed give its prompt again.
    third = job["images"][2]
    again = client.post(
        "/api/generate", json={"prompt": third["params"]["template"], "seed": third["seed"]}
    ).get_json()
    assert again["images"][0]["prompt"] == third["prompt"]
    seen = client.post(
        "/api/prompts/resolve", json={"prompt": body["prompt"], "seed": 5, "count": 6}
    ).get_json()
    assert seen["prompts"] == drawn


def test_alternatives_can_be_left_alone(client: FlaskClient) -> None:
    body = {"prompt": "a {red|green} cat", "alternatives": False}
    (image,) = client.post("/api/generate", json=body).get_json()["images"]
    assert image["prompt"] == body["prompt"]
    assert "template" not in image["params"]


@pytest.mark.parametrize(
    ("prompt", "words"),
    [("a {red|green", "never closed"), ("__nothing__", "no wildcard"), ("{|}", "says nothing")],
)
def test_wrong_templates_are_refused_at_the_prompt(
    client: FlaskClient, prompt: str, words: str
) -> None:
    answer = client.post("/api/generate", json={"prompt": prompt})
    assert answer.status_code == 422
    (one,) = answer.get_json()["errors"]
    assert one["field"] == "prompt"
    assert words in one["message"]


def test_styles_are_put_on_and_recorded(client: FlaskClient) -> None:
    ink = {"name": "Ink", "prompt": "ink of {prompt}, {fine|bold}", "negative_prompt": "colour"}
    made = client.post("/api/styles", json=ink).get_json()
    client.post("/api/styles", json={"name": "Clean", "negative_prompt": "blurry"})
    body = {"prompt": "a cat", "styles": ["Ink", "Clean"], "negative_prompt": "dogs"}
    (image,) = client.post("/api/generate", json=body).get_json()["images"]
    assert image["prompt"] in ("ink of a cat, fine", "ink of a cat, bold")
    assert image["negative_prompt"] == "dogs, colour, blurry"
    assert image["params"]["template"] == "a cat"
    assert image["params"]["styles"] == ["Ink", "Clean"]
    client.put(f"/api/styles/{made['id']}", json={**ink, "name": "Pen"})
    answer = client.post("/api/generate", json=body)
    assert answer.get_json()["errors"][0]["field"] == "styles"


def test_styles_csv_goes_out_and_comes_in(client: FlaskClient) -> None:
    for style in (
        {"name": "One", "prompt": 'with "quotes", and\na break'},
        {"name": "Zwei", "prompt": "ü", "negative_prompt": "ä, ö"},
    ):
        assert client.post("/api/styles", json=style).status_code == 201
    exported = client.get("/api/styles/export")
    text = exported.data.decode("utf-8")
    assert text.startswith("\ufeffname,prompt,negative_prompt\r\n")
    before = client.get("/api/styles").get_json()["items"]
    for style in before:
        assert client.delete(f"/api/styles/{style['id']}").status_code == 204
    answer = client.post("/api/styles/import", json={"csv": text})
    assert answer.get_json() == {"added": 2, "replaced": 0, "kept": 0}
    after = client.get("/api/styles").get_json()["items"]
    assert [s["prompt"] for s in after] == [s["prompt"] for s in before]
    assert len(read_csv(text)) == 2
    wrong = client.post("/api/styles/import", json={"csv": "name,prompt\n,x\n"})
    assert wrong.get_json()["errors"] == [{"field": "line 2", "message": "a style needs a name"}]
    assert client.post("/api/styles", json={"name": "One", "prompt": "x"}).status_code == 409
    assert client.post("/api/styles", json={"name": "Empty"}).status_code == 422


def test_history_and_favourites(client: FlaskClient) -> None:
    for prompt in ("a cat", "a {b|c} dog", "a cat"):
        client.post("/api/generate", json={"prompt": prompt})
    found = client.get("/api/prompts").get_json()["items"]
    assert [(one["text"], one["uses"]) for one in found] == [("a cat", 2), ("a {b|c} dog", 1)]
    client.put("/api/prompts", json={"text": "a cow", "favourite": True})
    client.put("/api/prompts", json={"text": "a cat", "favourite": True})
    marked = client.get("/api/prompts?favourite=true").get_json()["items"]
    assert {one["text"] for one in marked} == {"a cat", "a cow"}
    assert [one["text"] for one in client.get("/api/prompts?q=DOG").get_json()["items"]] == [
        "a {b|c} dog"
    ]
    assert client.delete(f"/api/prompts/{found[1]['id']}").status_code == 204
    assert client.delete(f"/api/prompts/{found[1]['id']}").status_code == 404


def test_a_retry_is_no_second_use_and_a_refusal_none(make_services: MakeServices) -> None:
    services = make_services(max_queue=1)
    assert isinstance(services.pool, FakePool)
    services.pool.paused = True
    client = checked_app(services).test_client()
    headers = {"Prefer": "respond-async", "Idempotency-Key": "k"}
    for _ in range(2):
        client.post("/api/generate", json={"prompt": "a cat"}, headers=headers)
    refused = client.post("/api/generate", json={"prompt": "a dog"})
    assert refused.status_code == 429
    found = client.get("/api/prompts").get_json()["items"]
    assert [(one["text"], one["uses"]) for one in found] == [("a cat", 1)]


def test_wildcards(client: FlaskClient) -> None:
    assert client.get("/api/wildcards").get_json() == {"names": []}
    made = client.put("/api/wildcards/colour", json={"text": "red\n\n# no\nblue"}).get_json()
    assert made["num_lines"] == 2
    assert client.get("/api/wildcards/colour").get_json()["text"] == "red\n\n# no\nblue"
    assert client.get("/api/wildcards").get_json() == {"names": ["colour"]}
    for name in ("..%2fsecret", "a/../b", "%2fetc/passwd", ".hidden", "a b"):
        assert client.put(f"/api/wildcards/{name}", json={"text": "x"}).status_code == 404
    assert client.delete("/api/wildcards/colour").status_code == 204
    assert client.get("/api/wildcards/colour").status_code == 404


def test_tokens_of_a_model_without_a_tokenizer_file(client: FlaskClient) -> None:
    answer = client.post("/api/prompts/tokens", json={"prompt": "a cat"})
    assert answer.status_code == 404
    assert "can't be counted" in answer.get_json()["detail"]


def test_a_surprise_without_ratings_is_still_one(client: FlaskClient) -> None:
    first = client.post("/api/prompts/surprise", json={"seed": 1}).get_json()
    again = client.post("/api/prompts/surprise", json={"seed": 1}).get_json()
    assert first == again
