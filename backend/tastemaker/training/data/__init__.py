"""What the studio trains on: examples out of the gallery or a dataset, checked row by row.

Knows no torch and no HTTP. The road: `sources.open_source` → `sources.Source.records` →
`editing.apply_edits` → `materialise.materialise` (or `preview.preview`) → `materialise.open_copy`.
"""
