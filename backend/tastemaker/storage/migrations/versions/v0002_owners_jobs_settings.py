"""Owners, the job queue and small settings such as the active model."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create ``owners`` (with the local one), ``jobs`` and ``settings``."""
    owners = op.create_table(
        "owners",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.Text, nullable=False, unique=True),
    )
    op.bulk_insert(owners, [{"id": 1, "name": "local"}])
    op.create_table(
        "settings",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
    op.create_table(
        "jobs",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("request", sa.Text, nullable=False),
        sa.Column("idempotency_key", sa.Text),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("worker", sa.Text),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("crashes", sa.Integer, nullable=False, server_default="0"),
        sa.Column("cancel_requested", sa.Integer, nullable=False, server_default="0"),
        sa.Column("error", sa.Text),
        sa.Column("created_at", sa.TIMESTAMP, nullable=False),
        sa.Column("started_at", sa.TIMESTAMP),
        sa.Column("finished_at", sa.TIMESTAMP),
        sa.Column(
            "owner_id", sa.Integer, sa.ForeignKey("owners.id"), nullable=False, server_default="1"
        ),
        sa.UniqueConstraint("owner_id", "idempotency_key", name="tastemaker_jobs_key"),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')",
            name="tastemaker_jobs_known_state",
        ),
        sa.CheckConstraint(
            "(state = 'running') = (worker IS NOT NULL)", name="tastemaker_jobs_running_has_worker"
        ),
        sa.CheckConstraint("cancel_requested IN (0, 1)", name="tastemaker_jobs_cancel_flag"),
        sa.CheckConstraint("attempts >= 0", name="tastemaker_jobs_attempts"),
        sqlite_autoincrement=True,
    )
    op.create_index("tastemaker_jobs_state", "jobs", ["state", "number"])
