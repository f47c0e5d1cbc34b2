"""Full-text search over what people write about a picture."""

from __future__ import annotations

from alembic import op

from tastemaker.storage import search

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create the index and the triggers that keep it true; fill it from the rows there are."""
    for statement in search.SCHEMA:
        op.execute(statement)
