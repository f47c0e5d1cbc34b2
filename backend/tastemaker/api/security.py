"""Who may talk to the server, and what browsers may do with its answers.

By default only pages of the same origin. A server on a loopback address answers only to loopback
names, so that a foreign page can't reach it by pointing its own name at 127.0.0.1 (DNS rebinding).
"""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from flask import Flask, Response, request
from werkzeug.exceptions import Forbidden

from tastemaker.settings import Settings

_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
_OWN_SITE = ("same-origin", "none")
HEADERS = {
    # Emotion, which styles the front end, inserts style elements at run time.
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data: blob:; "
    "style-src 'self' 'unsafe-inline'; script-src 'self'; connect-src 'self'; object-src 'none'; "
    "base-uri 'none'; frame-ancestors 'none'; form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def register(app: Flask, settings: Settings) -> None:
    """Guard every request of ``app`` and mark every answer."""
    allowed = allowed_hosts(settings)

    @app.before_request
    def guard() -> None:
        if allowed is not None and _host_name(request.host) not in allowed:
            raise Forbidden(
                f"This server doesn't answer to the name {request.host[:100]!r}. Add it to "
                "TASTEMAKER_ALLOWED_HOSTS if it is yours."
            )
        if _is_foreign():
            raise Forbidden(
                "This request comes from another site and was refused. Use the page of this "
                "server, or a program that sends no Origin."
            )

    @app.after_request
    def mark(answer: Response) -> Response:
        for name, value in HEADERS.items():
            answer.headers.setdefault(name, value)
        if request.path.startswith("/api/"):
            answer.headers.setdefault("Cache-Control", "no-store")
        if answer.status_code in (204, 304):
            # There is no body to have a type; Flask would say text/html.
            answer.headers.pop("Content-Type", None)
        return answer


def allowed_hosts(settings: Settings) -> frozenset[str] | None:
    """The host names to answer to; ``None`` means any."""
    named = frozenset(name.strip().lower() for name in settings.allowed_hosts.split(",")) - {""}
    if "*" in named:
        return None
    if is_loopback(settings.host):
        return _LOOPBACK_NAMES | {settings.host.lower()} | named
    return (_LOOPBACK_NAMES | named) if named else None


def is_loopback(host: str) -> bool:
    """Whether listening on ``host`` reaches this machine only."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _host_name(netloc: str) -> str:
    try:
        return urlsplit(f"//{netloc}").hostname or ""
    except ValueError:
        return ""


def _is_foreign() -> bool:
    """Whether a browser says that another site's page makes this request and it could matter."""
    site = request.headers.get("Sec-Fetch-Site")
    changes = request.method not in _SAFE_METHODS
    if site is not None:
        followed_a_link = request.headers.get("Sec-Fetch-Mode") == "navigate"
        reads_api = request.path.startswith("/api/") and not followed_a_link
        return site not in _OWN_SITE and (changes or reads_api)
    origin = request.headers.get("Origin")
    if origin is None or not changes:
        return False
    try:
        return urlsplit(origin).netloc.lower() != request.host.lower()
    except ValueError:
        return True
