"""What a picture needs beyond the specification's columns, and the indexes of the listings.

Only ``ADD COLUMN``: the table is never rebuilt, so another program's own columns, indexes and
triggers stay. Every new column has a default, so that such a program can also still insert.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

COLUMNS = (
    # A constraint of a column may speak of others; SQLite has no other way to add one to a table.
    "owner_id INTEGER NOT NULL DEFAULT 1 REFERENCES owners (id)"
    " CONSTRAINT tastemaker_feedback CHECK (feedback IN (-1, 0, 1))",
    "negative_prompt TEXT NOT NULL DEFAULT ''",
    "width INTEGER CONSTRAINT tastemaker_width CHECK (width >= 0)",
    "height INTEGER CONSTRAINT tastemaker_height CHECK (height >= 0)",
    "model TEXT NOT NULL DEFAULT ''",
    "parent_id INTEGER REFERENCES images (id) ON DELETE SET NULL",
    "job_id TEXT REFERENCES jobs (id) ON DELETE SET NULL",
    "batch_index INTEGER NOT NULL DEFAULT 0"
    " CONSTRAINT tastemaker_batch_index CHECK (batch_index >= 0)",
    "title TEXT NOT NULL DEFAULT ''",
    "tags TEXT NOT NULL DEFAULT '[]'",
    "flagged TEXT",
    "thumbnail TEXT",
    "deleted_at TIMESTAMP",
    "unreadable TEXT",
)

LISTINGS = (
    ("newest", ("created_at", "id", "width", "height", "deleted_at"), "deleted_at IS NULL"),
    ("feedback", ("feedback", "created_at", "id", "deleted_at"), "deleted_at IS NULL"),
    ("rated", ("created_at", "id", "deleted_at"), "deleted_at IS NULL AND feedback <> 0"),
    ("model", ("model", "created_at", "id", "deleted_at"), "deleted_at IS NULL"),
    ("seed", ("seed", "created_at", "id", "deleted_at"), "deleted_at IS NULL"),
    ("parent", ("parent_id", "created_at", "id", "deleted_at"), "deleted_at IS NULL"),
    ("one_job", ("job_id", "created_at", "id", "deleted_at"), "deleted_at IS NULL"),
    ("trash", ("created_at", "id", "deleted_at"), "deleted_at IS NOT NULL"),
)


def upgrade() -> None:
    """Extend ``images``; create its indexes and ``image_originals``."""
    for column in COLUMNS:
        op.execute(f"ALTER TABLE images ADD COLUMN {column}")
    for name, columns, where in LISTINGS:
        _index(name, ["owner_id", *columns], where)
    _index("content", ["image_data"], "width IS NOT NULL")
    _index("unadopted", ["id"], "width IS NULL")
    op.create_index("tastemaker_images_job", "images", ["job_id", "batch_index"], unique=True)
    op.create_index("tastemaker_images_children", "images", ["parent_id"])
    op.create_index("tastemaker_images_thumbnail", "images", ["thumbnail"])
    op.create_table(
        "image_originals",
        sa.Column(
            "image_id",
            sa.Integer,
            sa.ForeignKey("images.id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.Text),
    )


def _index(name: str, columns: list[str], where: str) -> None:
    op.create_index(
        f"tastemaker_images_{name}",
        "images",
        columns,
        sqlite_where=sa.text(where),
        postgresql_where=sa.text(where),
    )
