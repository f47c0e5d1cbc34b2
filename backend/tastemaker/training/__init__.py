"""Retraining: pictures and ratings become a new, measured, reversible version of a model.

`options` says how, `data` from what, `cache` encodes it once, `trainer` learns, `evaluate` measures
and `versions` keeps the result. Knows no HTTP. Importing this package alone loads no torch.
"""
