"""Tastemaker: a self-hosted text-to-image studio that learns its owner's taste."""

__version__ = "0.1.0"
