"""What learning needs: runs that wait, which picture was preferred to which, titles of versions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Extend ``jobs``; create ``preferences`` and ``model_titles``."""
    op.execute(
        "ALTER TABLE jobs ADD COLUMN pause_requested INTEGER NOT NULL DEFAULT 0"
        " CONSTRAINT tastemaker_jobs_pause_flag CHECK (pause_requested IN (0, 1))"
    )
    op.create_table(
        "preferences",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("choice", sa.Text, nullable=False),
        sa.Column(
            "preferred_id",
            sa.Integer,
            sa.ForeignKey("images.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column(
            "rejected_id",
            sa.Integer,
            sa.ForeignKey("images.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("preferred_model", sa.Text, nullable=False),
        sa.Column("rejected_model", sa.Text, nullable=False),
        sa.Column("created_at", sa.TIMESTAMP, nullable=False),
        sa.Column(
            "owner_id", sa.Integer, sa.ForeignKey("owners.id"), nullable=False, server_default="1"
        ),
        sa.UniqueConstraint(
            "owner_id", "preferred_id", "rejected_id", name="tastemaker_preferences_pair"
        ),
        sa.CheckConstraint("preferred_id <> rejected_id", name="tastemaker_preferences_two"),
        sqlite_autoincrement=True,
    )
    op.create_index("tastemaker_preferences_choice", "preferences", ["choice"])
    op.create_index("tastemaker_preferences_preferred", "preferences", ["preferred_id"])
    op.create_index("tastemaker_preferences_rejected", "preferences", ["rejected_id"])
    op.create_table(
        "model_titles",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("title", sa.Text, nullable=False),
    )
