"""The schema's history. Run from code by `tastemaker.storage.database`; knows no rows' meaning."""
