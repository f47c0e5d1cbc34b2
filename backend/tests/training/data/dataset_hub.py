"""A small hub of one dataset on loopback: the endpoints that `datasets` and its hub client call.

Serves a local folder with range requests. A test can refuse everything or drop connections.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

COMMIT = "da7a5e7" + "0" * 33


@dataclass
class DatasetHub:
    """What is served. ``refusal`` is (status, X-Error-Code) for every request, or, when ``only`` is
    set, for paths that contain it; ``drop`` names files whose transfer breaks off in the middle.
    """

    repo_id: str
    folder: Path
    url: str = ""
    refusal: tuple[int, str | None] | None = None
    only: str = ""
    html: bool = False
    drop: set[str] = field(default_factory=set)
    requests: list[str] = field(default_factory=list)

    def names(self) -> list[str]:
        """The files of the dataset."""
        paths = sorted(path for path in self.folder.rglob("*") if path.is_file())
        return [path.relative_to(self.folder).as_posix() for path in paths]

    def entry(self, name: str) -> dict[str, Any]:
        """A file or folder as the hub's tree lists it."""
        path = self.folder / name
        if path.is_dir():
            return {"type": "directory", "oid": "0" * 40, "size": 0, "path": name}
        content = path.read_bytes()
        oid = hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
        return {"type": "file", "oid": oid, "size": len(content), "path": name}

    def tree(self, below: str, recursive: bool) -> list[dict[str, Any]] | None:
        """The entries of a folder; ``None`` when it isn't there."""
        start = self.folder / below
        if not start.is_dir():
            return None
        found = sorted(start.rglob("*") if recursive else start.iterdir())
        return [self.entry(path.relative_to(self.folder).as_posix()) for path in found]


@contextmanager
def serve(hub: DatasetHub) -> Iterator[DatasetHub]:
    """Serve ``hub`` on a free port of 127.0.0.1 and set its ``url``."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: Any) -> None:
            hub.requests.append(format % args)

        def do_HEAD(self) -> None:
            self._route()

        def do_GET(self) -> None:
            self._route()

        def do_POST(self) -> None:
            self._route(self.rfile.read(int(self.headers.get("Content-Length", 0))))

        def _route(self, body: bytes = b"") -> None:
            url = urlsplit(self.path)
            path, api = unquote(url.path), f"/api/datasets/{hub.repo_id}"
            if hub.refusal is not None and hub.only in path:
                self._refuse(*hub.refusal)
            elif hub.html:
                self._answer(200, b"<html>Please log in to the network</html>", "text/html")
            elif path == api or path.startswith(f"{api}/revision/"):
                revision = path.removeprefix(api).removeprefix("/revision/")
                self._info() if self._known(revision) else self._refuse(404, "RevisionNotFound")
            elif path.startswith(f"{api}/tree/"):
                revision, _, below = path.removeprefix(f"{api}/tree/").partition("/")
                recursive = parse_qs(url.query).get("recursive", [""])[0].lower() == "true"
                entries = hub.tree(below, recursive) if self._known(revision) else None
                if entries is None:
                    self._refuse(404, "EntryNotFound")
                else:
                    self._json(entries)
            elif path.startswith(f"{api}/paths-info/"):
                wanted = json.loads(body)["paths"]
                found = [name.strip("/") for name in wanted if (hub.folder / name).exists()]
                self._json([hub.entry(name) for name in found if name])
            elif path.startswith(f"/datasets/{hub.repo_id}/resolve/"):
                rest = path.removeprefix(f"/datasets/{hub.repo_id}/resolve/")
                revision, _, name = rest.partition("/")
                self._file(name if self._known(revision) else "")
            else:
                self._refuse(404, "RepoNotFound")

        def _known(self, revision: str) -> bool:
            return revision in ("", "main", COMMIT)

        def _info(self) -> None:
            info = {"_id": "0" * 24, "id": hub.repo_id, "sha": COMMIT, "private": False}
            siblings = [{"rfilename": name} for name in hub.names()]
            self._json({**info, "gated": False, "tags": [], "siblings": siblings})

        def _file(self, name: str) -> None:
            if name not in hub.names():
                self._refuse(404, "EntryNotFound")
                return
            content = (hub.folder / name).read_bytes()
            wanted = self.headers.get("Range")
            status, start, end = 200, 0, len(content)
            if wanted:
                first, _, last = wanted.removeprefix("bytes=").partition("-")
                status, start = 206, int(first)
                end = min(int(last) + 1 if last else end, len(content))
            piece = content[start:end]
            self.send_response(status)
            self.send_header("Content-Length", str(len(piece)))
            self.send_header("ETag", f'"{hub.entry(name)["oid"]}"')
            self.send_header("X-Repo-Commit", COMMIT)
            self.send_header("Accept-Ranges", "bytes")
            if wanted:
                self.send_header("Content-Range", f"bytes {start}-{end - 1}/{len(content)}")
            self.end_headers()
            if self.command == "HEAD":
                return
            if name in hub.drop:
                piece = piece[: len(piece) // 2]
                self.close_connection = True
            self.wfile.write(piece)

        def _json(self, content: object) -> None:
            self._answer(200, json.dumps(content).encode(), "application/json")

        def _refuse(self, status: int, code: str | None) -> None:
            headers = {"X-Error-Code": code} if code else {}
            self._answer(status, b"{}", "application/json", headers)

        def _answer(
            self, status: int, body: bytes, kind: str, headers: dict[str, str] | None = None
        ) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    hub.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
