"""The bytes of pictures: caching, conditional requests, names, types."""

from __future__ import annotations

import hashlib
import io

import pytest
from flask.testing import FlaskClient
from PIL import Image

from tests.studio import Studio, png


def test_a_picture_is_cached_for_ever(client: FlaskClient, studio: Studio) -> None:
    address = f"/api/images/{studio.add(seed=5)}/file"
    answer = client.get(address)
    assert answer.data == png(5)
    assert answer.mimetype == "image/png"
    assert answer.headers["ETag"] == f'"{hashlib.sha256(png(5)).hexdigest()}"'
    assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Content-Disposition" not in answer.headers


@pytest.mark.parametrize("part", ["file", "thumbnail"])
def test_who_has_it_gets_304(client: FlaskClient, studio: Studio, part: str) -> None:
    address = f"/api/images/{studio.add()}/{part}"
    etag = client.get(address).headers["ETag"]
    for header in (etag, f"W/{etag}", f'"other", {etag}'):
        again = client.get(address, headers={"If-None-Match": header})
        assert again.status_code == 304
        assert again.data == b""
        assert again.headers["ETag"] == etag
    assert client.get(address, headers={"If-None-Match": '"other"'}).status_code == 200


def test_head_has_no_body(client: FlaskClient, studio: Studio) -> None:
    answer = client.head(f"/api/images/{studio.add()}/file")
    assert answer.status_code == 200
    assert answer.data == b""
    assert int(answer.headers["Content-Length"]) > 0


def test_a_thumbnail_is_a_small_jpeg(client: FlaskClient, studio: Studio) -> None:
    large = studio.blobs.put(png(1, (1000, 500)))
    answer = client.get(f"/api/images/{studio.add(content=large)}/thumbnail")
    assert answer.mimetype == "image/jpeg"
    assert max(Image.open(io.BytesIO(answer.data)).size) < 500


def test_a_thumbnail_that_an_earlier_version_made_is_a_webp(
    client: FlaskClient, studio: Studio
) -> None:
    out = io.BytesIO()
    Image.new("RGB", (20, 20), "teal").save(out, "WEBP")
    image_id = studio.add(thumbnail=studio.blobs.put(out.getvalue()))
    answer = client.get(f"/api/images/{image_id}/thumbnail")
    assert (answer.mimetype, answer.data) == ("image/webp", out.getvalue())


def test_a_format_that_pillow_has_not_met_yet_can_be_saved_in(
    client: FlaskClient, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It knows the media types only of formats that were read or written before."""
    monkeypatch.delitem(Image.MIME, "WEBP", raising=False)
    answer = client.get(f"/api/images/{studio.add()}/file?download=true&format=webp")
    assert (answer.status_code, answer.mimetype) == (200, "image/webp")


@pytest.mark.parametrize(
    ("prompt", "name"),
    [
        ("A red Apple!", "a-red-apple-{}.png"),
        ("../../etc/passwd", "etc-passwd-{}.png"),
        ('a "quoted"\r\nX-Evil: 1', "a-quoted-x-evil-1-{}.png"),
        ("苹果", "picture-{}.png"),
        ("Äpfel", "apfel-{}.png"),
        ("word " * 100, "word-" * 11 + "word-{}.png"),
    ],
)
def test_a_download_has_a_name_for_every_file_system(
    client: FlaskClient, studio: Studio, prompt: str, name: str
) -> None:
    image_id = studio.add(prompt)
    answer = client.get(f"/api/images/{image_id}/file?download=true")
    disposition = answer.headers["Content-Disposition"]
    assert disposition.replace('"', "") == f"attachment; filename={name.format(image_id)}"


def test_the_type_comes_from_the_bytes(client: FlaskClient, studio: Studio) -> None:
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "JPEG")
    image_id = studio.add(content=studio.blobs.put(out.getvalue()))
    answer = client.get(f"/api/images/{image_id}/file?download=1")
    assert answer.mimetype == "image/jpeg"
    assert ".jpg" in answer.headers["Content-Disposition"]


def test_a_file_that_was_lost_is_404_and_says_what_to_do(
    client: FlaskClient, studio: Studio
) -> None:
    image_id = studio.add(seed=9)
    studio.blobs.delete(studio.gallery.get(image_id).content)
    answer = client.get(f"/api/images/{image_id}/file")
    assert answer.status_code == 404
    assert "backup" in answer.get_json()["detail"]
    assert client.get("/api/images?include=image_data").status_code == 200
