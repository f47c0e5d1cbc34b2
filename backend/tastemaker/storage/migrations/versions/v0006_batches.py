"""The order of the queue, batches of requests, and what is kept of prompts: history and styles."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Extend ``jobs``; create ``batches``, ``prompts`` and ``styles``."""
    op.create_table(
        "batches",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("layout", sa.Text, nullable=False),
        sa.Column("num_jobs", sa.Integer, nullable=False),
        sa.Column("num_images", sa.Integer, nullable=False),
        sa.Column("idempotency_key", sa.Text),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("created_at", sa.TIMESTAMP, nullable=False),
        sa.Column(
            "owner_id", sa.Integer, sa.ForeignKey("owners.id"), nullable=False, server_default="1"
        ),
        sa.UniqueConstraint("owner_id", "idempotency_key", name="tastemaker_batches_key"),
        sqlite_autoincrement=True,
    )
    op.execute("ALTER TABLE jobs ADD COLUMN place INTEGER NOT NULL DEFAULT 0")
    op.execute("UPDATE jobs SET place = number")
    op.execute(
        "ALTER TABLE jobs ADD COLUMN batch_id TEXT REFERENCES batches (id) ON DELETE SET NULL"
    )
    op.execute(
        "ALTER TABLE jobs ADD COLUMN batch_row INTEGER NOT NULL DEFAULT 0"
        " CONSTRAINT tastemaker_jobs_batch_row CHECK (batch_row >= 0)"
    )
    op.create_index("tastemaker_jobs_place", "jobs", ["state", "place"])
    op.create_index("tastemaker_jobs_batch", "jobs", ["batch_id", "batch_row"])
    op.create_table(
        "prompts",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("uses", sa.Integer, nullable=False, server_default="0"),
        sa.Column("used_at", sa.TIMESTAMP, nullable=False),
        sa.Column("favourite", sa.Integer, nullable=False, server_default="0"),
        sa.Column(
            "owner_id", sa.Integer, sa.ForeignKey("owners.id"), nullable=False, server_default="1"
        ),
        sa.UniqueConstraint("owner_id", "text", name="tastemaker_prompts_text"),
        sa.CheckConstraint("favourite IN (0, 1)", name="tastemaker_prompts_favourite"),
        sqlite_autoincrement=True,
    )
    op.create_index("tastemaker_prompts_used", "prompts", ["owner_id", "used_at"])
    # What was drawn before there was a history is one.
    op.execute(
        "INSERT INTO prompts (text, uses, used_at, owner_id)"
        " SELECT prompt, COUNT(*), MAX(created_at), owner_id FROM images"
        " WHERE deleted_at IS NULL AND job_id IS NOT NULL AND prompt <> ''"
        " AND created_at IS NOT NULL GROUP BY owner_id, prompt"
    )
    op.create_table(
        "styles",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("prompt", sa.Text, nullable=False),
        sa.Column("negative_prompt", sa.Text, nullable=False),
        sa.Column(
            "owner_id", sa.Integer, sa.ForeignKey("owners.id"), nullable=False, server_default="1"
        ),
        sa.UniqueConstraint("owner_id", "name", name="tastemaker_styles_name"),
        sqlite_autoincrement=True,
    )
