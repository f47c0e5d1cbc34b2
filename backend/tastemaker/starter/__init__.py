"""The starter: a small latent-diffusion pipeline that travels inside the package, and the recipe
that makes it.

Importing this package is free: it names the folder of the packaged weights and nothing else. The
recipe (``cli``) imports torch, diffusers and the glyph font only when it runs.
"""

from pathlib import Path

WEIGHTS: Path = Path(__file__).parent / "weights"
"""Folder of the packaged weights, in the standard diffusers layout."""
