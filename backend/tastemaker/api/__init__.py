"""The HTTP face of the studio: one blueprint per resource, described by an OpenAPI document.

Knows HTTP and the services it is handed; never torch, and nothing of how pictures are made.
"""

from tastemaker.api.app import create_app

__all__ = ["create_app"]
