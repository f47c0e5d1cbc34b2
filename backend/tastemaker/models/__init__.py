"""Models on disk: which there are, which one is active, and how the base model gets here.

Knows folders, JSON and the model hub; never imports torch, diffusers or transformers, so that
the web process stays small. Start reading at `registry.py`.
"""
