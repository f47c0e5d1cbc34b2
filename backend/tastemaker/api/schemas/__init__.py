"""The pydantic models of the HTTP contract, one file per resource.

Only the API uses them: the rooms behind it speak in the frozen dataclasses of `tastemaker.domain`.
"""
