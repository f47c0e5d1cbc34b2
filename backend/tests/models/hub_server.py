"""A small model hub on loopback: the endpoints that huggingface_hub calls, over a local folder.

Large files (safetensors) are served like the hub's: listed with their SHA-256 and redirected to
another path; small ones carry git's blob id. Everything served is counted, and a test can damage,
cut or refuse answers.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

COMMIT = "c0ffee" + "0" * 34
_PIECE = 64 * 1024


@dataclass
class FakeHub:
    """What the server serves and how it misbehaves; ``served`` counts body bytes by file path.

    ``on_piece(path, sent)`` is called before each 64 KiB piece of a file; it may block. Files in
    ``corrupt`` are damaged as often as the number says; ``cut`` closes the connection once after
    that many bytes. ``refusal`` is (status, X-Error-Code) for every request.
    """

    repo_id: str
    folder: Path
    url: str = ""
    commit: str = COMMIT
    refusal: tuple[int, str | None] | None = None
    html: bool = False
    extra_names: list[str] = field(default_factory=list)
    corrupt: Counter[str] = field(default_factory=Counter)
    cut: dict[str, int] = field(default_factory=dict)
    on_piece: Callable[[str, int], None] = lambda path, sent: None
    served: Counter[str] = field(default_factory=Counter)
    requests: list[str] = field(default_factory=list)
    ranges: list[tuple[str, int]] = field(default_factory=list)

    def names(self) -> list[str]:
        """Paths of the repository's files, as the hub lists them."""
        return sorted(
            path.relative_to(self.folder).as_posix()
            for path in self.folder.rglob("*")
            if path.is_file()
        )

    def listing(self) -> dict[str, Any]:
        """The answer of ``/api/models/<id>?blobs=true``."""
        siblings = [self._sibling(name) for name in self.names()]
        siblings += [
            {"rfilename": name, "size": 3, "blobId": "0" * 40} for name in self.extra_names
        ]
        return {
            "_id": "0" * 24,
            "id": self.repo_id,
            "modelId": self.repo_id,
            "sha": self.commit,
            "private": False,
            "gated": False,
            "disabled": False,
            "tags": [],
            "downloads": 0,
            "likes": 0,
            "siblings": siblings,
        }

    def _sibling(self, name: str) -> dict[str, Any]:
        content = (self.folder / name).read_bytes()
        blob = hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
        sibling: dict[str, Any] = {"rfilename": name, "size": len(content), "blobId": blob}
        if name.endswith((".safetensors", ".bin")):
            digest = hashlib.sha256(content).hexdigest()
            sibling["lfs"] = {"sha256": digest, "size": len(content), "pointerSize": 135}
        return sibling


@contextmanager
def serve(hub: FakeHub) -> Iterator[FakeHub]:
    """Serve ``hub`` on a free port of 127.0.0.1 and set its ``url``."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: Any) -> None:
            hub.requests.append(format % args)

        def do_GET(self) -> None:
            path = unquote(urlsplit(self.path).path)
            prefix = f"/{hub.repo_id}/resolve/"
            if hub.refusal is not None:
                self._refuse(*hub.refusal)
            elif hub.html:
                self._answer(200, b"<html>Please log in to the network</html>", "text/html")
            elif path == f"/api/models/{hub.repo_id}":
                self._answer(200, json.dumps(hub.listing()).encode(), "application/json")
            elif path.startswith(prefix):
                revision, _, name = path.removeprefix(prefix).partition("/")
                self._resolve(revision, name)
            elif path.startswith("/cdn/"):
                self._content(path.removeprefix("/cdn/"))
            else:
                self._refuse(404, "RepoNotFound")

        def _resolve(self, revision: str, name: str) -> None:
            if revision not in (hub.commit, "main") or name not in hub.names():
                self._refuse(404, "EntryNotFound")
            elif name.endswith(".safetensors"):
                self.send_response(302)
                self.send_header("Location", f"/cdn/{name}")
                self.send_header("X-Repo-Commit", hub.commit)
                self.send_header("Content-Length", "0")
                self.end_headers()
            else:
                self._content(name)

        def _content(self, name: str) -> None:
            content = bytearray((hub.folder / name).read_bytes())
            if hub.corrupt[name] > 0:
                hub.corrupt[name] -= 1
                content[len(content) // 2] ^= 0xFF
            wanted = self.headers.get("Range")
            start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted else 0
            hub.ranges.append((name, start))
            served = hub.served  # a test may begin a new count while an old answer still runs
            self.send_response(206 if wanted else 200)
            if wanted:
                total = len(content)
                self.send_header("Content-Range", f"bytes {start}-{total - 1}/{total}")
            self.send_header("Content-Length", str(len(content) - start))
            self.send_header("X-Repo-Commit", hub.commit)
            self.end_headers()
            end = min(len(content), start + hub.cut.pop(name, len(content)))
            for offset in range(start, end, _PIECE):
                hub.on_piece(name, offset)
                piece = content[offset : min(end, offset + _PIECE)]
                self.wfile.write(piece)
                served[name] += len(piece)
            if end < len(content):
                self.close_connection = True

        def _refuse(self, status: int, code: str | None) -> None:
            self._answer(status, b"{}", "application/json", {"X-Error-Code": code} if code else {})

        def _answer(
            self, status: int, body: bytes, kind: str, headers: dict[str, str] | None = None
        ) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """A client that is killed or stops breaks its connection: that is the test."""

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    hub.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
