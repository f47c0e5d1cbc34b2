"""Puts infotext and our record into a picture file without touching its pixels.

PNG: text chunks ``parameters`` and ``tastemaker`` (PNG specification 11.3.4). JPEG and WebP: the
infotext as EXIF UserComment in UTF-16 (EXIF 2.32, 4.6.5), the record as an XMP property. Chunks and
segments are replaced as they stand; nothing is decoded, so nothing is lost.
"""

from __future__ import annotations

import html
import struct
import zlib
from collections.abc import Iterator
from io import BytesIO

from PIL import ExifTags, Image

from tastemaker.infotext import a1111, record
from tastemaker.infotext.carriers import USER_COMMENT
from tastemaker.infotext.record import PictureRecord
from tastemaker.storage.pictures import open_header

QUALITY = 92
_PNG = b"\x89PNG\r\n\x1a\n"
_TEXTS = (b"tEXt", b"zTXt", b"iTXt")
_EXIF_HEAD = b"Exif\x00\x00"
_XMP_HEAD = b"http://ns.adobe.com/xap/1.0/\x00"
_MOST_IN_SEGMENT = 65_533
_ALWAYS_KEPT = frozenset({int(ExifTags.Base.Orientation)})
_HAS_EXIF, _HAS_XMP, _HAS_ALPHA = 0x08, 0x04, 0x10
_XMP = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
    '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="" xmlns:tastemaker="https://tastemaker.invalid/ns/1.0/">'
    "<tastemaker:record>{}</tastemaker:record>"
    '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
)


def texts_of(picture: PictureRecord) -> dict[str, str]:
    """The text chunks of a PNG: infotext for other programs, and our own record."""
    return {a1111.KEY: _clean(a1111.write(picture)), record.KEY: picture.to_json()}


def embed(data: bytes, picture: PictureRecord) -> bytes:
    """The same file with the record in it, in place of one that may be there.

    PNG, JPEG and WebP; any other format comes back as it is. ``data`` must be a whole file: it is
    one of ours, or was decoded when it came here.
    """
    if data.startswith(_PNG):
        return _into_png(data, picture)
    if data.startswith(b"\xff\xd8"):
        return _into_jpeg(data, picture)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _into_webp(data, picture)
    return data


def convert(image: Image.Image, kind: str, picture: PictureRecord) -> bytes:
    """Encode pixels as PNG, JPEG or WEBP with the record in it. ``image`` is RGB."""
    out = BytesIO()
    if kind == "PNG":
        image.save(out, "PNG", compress_level=6)
    elif kind == "JPEG":
        image.save(out, "JPEG", quality=QUALITY, subsampling=0)
    else:
        image.save(out, "WEBP", quality=QUALITY, method=4)
    return embed(out.getvalue(), picture)


def _into_png(data: bytes, picture: PictureRecord) -> bytes:
    texts = texts_of(picture)
    keys = {key.encode() for key in texts}
    out = [_PNG]
    read = len(_PNG)
    for kind, body, whole in _png_chunks(data):
        read += len(whole)
        if kind in _TEXTS and body.split(b"\x00", 1)[0] in keys:
            continue
        out.append(whole)
        if kind == b"IHDR":
            out += [_png_text(key, text) for key, text in texts.items()]
    return b"".join([*out, data[read:]])


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    at = len(_PNG)
    while at + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, at)
        end = at + 12 + length
        yield data[at + 4 : at + 8], data[at + 8 : end - 4], data[at:end]
        at = end


def _png_text(key: str, text: str) -> bytes:
    """A tEXt chunk where Latin-1 suffices, as A1111 has it, else iTXt."""
    try:
        kind, body = b"tEXt", key.encode() + b"\x00" + text.encode("latin-1")
    except UnicodeEncodeError:
        kind, body = b"iTXt", key.encode() + b"\x00\x00\x00\x00\x00" + text.encode()
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _into_jpeg(data: bytes, picture: PictureRecord) -> bytes:
    exif = _EXIF_HEAD + _exif(data, picture)
    if len(exif) > _MOST_IN_SEGMENT:  # a camera's preview is in the way
        exif = _EXIF_HEAD + _exif(data, picture, keep=_ALWAYS_KEPT)
    segments = [_app1(exif), _app1(_XMP_HEAD + _xmp(picture))]
    out = [data[:2]]
    at = 2
    jfif = data[2:4] == b"\xff\xe0"
    if not jfif:
        out += segments
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] not in (0xDA, 0xD9):
        (length,) = struct.unpack_from(">H", data, at + 2)
        whole = data[at : at + 2 + length]
        if not (whole[1] == 0xE1 and whole[4:].startswith((_EXIF_HEAD, _XMP_HEAD))):
            out.append(whole)
        if jfif and at == 2:
            out += segments
        at += 2 + length
    return b"".join([*out, data[at:]])


def _app1(body: bytes) -> bytes:
    """A segment; nothing when the body is longer than one can be, as of a record of 64 kB."""
    if len(body) > _MOST_IN_SEGMENT:
        return b""
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


def _into_webp(data: bytes, picture: PictureRecord) -> bytes:
    chunks = [(kind, body) for kind, body in _riff(data) if kind not in (b"VP8X", b"EXIF", b"XMP ")]
    old = next((body for kind, body in _riff(data) if kind == b"VP8X"), None)
    if old is None:
        image = open_header(data, ("WEBP",))
        sides = b"".join(struct.pack("<I", side - 1)[:3] for side in image.size)
        old = bytes([_HAS_ALPHA if image.mode == "RGBA" else 0, 0, 0, 0]) + sides
    extended = bytes([old[0] | _HAS_EXIF | _HAS_XMP]) + old[1:]
    parts = [
        (b"VP8X", extended),
        *chunks,
        (b"EXIF", _exif(data, picture)),
        (b"XMP ", _xmp(picture)),
    ]
    body = b"WEBP" + b"".join(
        kind + struct.pack("<I", len(part)) + part + b"\x00" * (len(part) % 2)
        for kind, part in parts
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _riff(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 12
    while at + 8 <= len(data):
        (length,) = struct.unpack_from("<I", data, at + 4)
        yield data[at : at + 4], data[at + 8 : at + 8 + length]
        at += 8 + length + length % 2


def _exif(data: bytes, picture: PictureRecord, keep: frozenset[int] | None = None) -> bytes:
    """The file's own EXIF (its orientation, its camera) with our comment.

    ``keep`` are the only tags of the file to keep; ``None`` keeps all.
    """
    exif = Image.Exif()
    try:
        found = open_header(data, ("JPEG", "WEBP")).getexif()
        found.get_ifd(ExifTags.IFD.Exif)
        if keep is None and found.tobytes():
            exif = found
        else:
            exif.update({tag: value for tag, value in found.items() if tag in (keep or ())})
    except Exception:  # damaged EXIF of another program can't be kept
        exif = Image.Exif()
    text = _clean(a1111.write(picture))
    exif.get_ifd(ExifTags.IFD.Exif)[USER_COMMENT] = b"UNICODE\x00" + text.encode("utf-16-be")
    exif[ExifTags.Base.Software] = "Tastemaker"
    return exif.tobytes().removeprefix(_EXIF_HEAD)


def _xmp(picture: PictureRecord) -> bytes:
    return _XMP.format(html.escape(picture.to_json(), quote=False)).encode()


def _clean(text: str) -> str:
    """Without halves of surrogate pairs, which no file can hold."""
    return text.encode("utf-16", "replace").decode("utf-16")
