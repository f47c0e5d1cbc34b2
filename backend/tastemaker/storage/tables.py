"""The tables as SQLAlchemy sees them, for building queries; `migrations` make the schema.

Knows no SQLite-only SQL. A test compares this file with what the migrations really produce.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeEngine

UNKNOWN_TIME = datetime(1970, 1, 1, tzinfo=UTC)


def parse_time(value: object) -> datetime | None:
    """Read a time as other programs write it: ISO 8601 (UTC when it has no zone) or Unix seconds.

    ``None`` when it can't be understood.
    """
    try:
        if isinstance(value, bool):
            return None
        if isinstance(value, int | float):
            # Larger numbers than the year 5138 in seconds are milliseconds.
            return datetime.fromtimestamp(value / 1000 if value > 1e11 else value, UTC)
        if not isinstance(value, str):
            return None
        found = datetime.fromisoformat(value.strip())
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC times in Python; text of fixed width in SQLite, so that text order is time order.

    A text that is no time (another program may have written it) reads as 1970, and never as an
    error that would take the whole page down.
    """

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String())
        return dialect.type_descriptor(DateTime(timezone=False))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        utc = value.astimezone(UTC).replace(tzinfo=None)
        # isoformat, because strftime doesn't pad years below 1000.
        return utc.isoformat(" ", "microseconds") if dialect.name == "sqlite" else utc

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if isinstance(value, datetime):
            return value.replace(tzinfo=UTC)
        return parse_time(value) or UNKNOWN_TIME


metadata = MetaData()

owners = Table(
    "owners",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
)

settings = Table(
    "settings",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

# Many requests that were made together; ``layout`` is JSON, of a grid its axes.
batches = Table(
    "batches",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("layout", Text, nullable=False),
    Column("num_jobs", Integer, nullable=False),
    Column("num_images", Integer, nullable=False),
    Column("idempotency_key", Text),
    Column("fingerprint", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("owner_id", Integer, ForeignKey("owners.id"), nullable=False, server_default="1"),
    UniqueConstraint("owner_id", "idempotency_key", name="tastemaker_batches_key"),
)

# ``number`` gives the strict order of arrival, which times and random ids can't; ``place`` the
# order in which drawings are taken, which may be changed.
jobs = Table(
    "jobs",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("request", Text, nullable=False),
    Column("idempotency_key", Text),
    Column("fingerprint", Text, nullable=False),
    Column("worker", Text),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("crashes", Integer, nullable=False, server_default="0"),
    Column("cancel_requested", Integer, nullable=False, server_default="0"),
    Column("pause_requested", Integer, nullable=False, server_default="0"),
    Column("error", Text),
    Column("created_at", UtcDateTime, nullable=False),
    Column("started_at", UtcDateTime),
    Column("finished_at", UtcDateTime),
    Column("owner_id", Integer, ForeignKey("owners.id"), nullable=False, server_default="1"),
    Column("place", Integer, nullable=False, server_default="0"),
    Column("batch_id", Text, ForeignKey("batches.id", ondelete="SET NULL")),
    Column("batch_row", Integer, nullable=False, server_default="0"),
    UniqueConstraint("owner_id", "idempotency_key", name="tastemaker_jobs_key"),
    Index("tastemaker_jobs_state", "state", "number"),
    Index("tastemaker_jobs_place", "state", "place"),
    Index("tastemaker_jobs_batch", "batch_id", "batch_row"),
)

# ``image_data`` is the content address of the picture ('' when unreadable); while ``width`` is NULL
# the row was written by another program and ``image_data`` still is what that program wrote.
images = Table(
    "images",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("prompt", Text, nullable=False),
    Column("image_data", Text, nullable=False),
    Column("created_at", UtcDateTime, server_default=text("CURRENT_TIMESTAMP")),
    Column("seed", BigInteger),
    Column("params", Text),
    Column("feedback", Integer, server_default="0"),
    Column("owner_id", Integer, ForeignKey("owners.id"), nullable=False, server_default="1"),
    Column("negative_prompt", Text, nullable=False, server_default=""),
    Column("width", Integer),
    Column("height", Integer),
    Column("model", Text, nullable=False, server_default=""),
    Column("parent_id", Integer, ForeignKey("images.id", ondelete="SET NULL")),
    Column("job_id", Text, ForeignKey("jobs.id", ondelete="SET NULL")),
    Column("batch_index", Integer, nullable=False, server_default="0"),
    Column("title", Text, nullable=False, server_default=""),
    Column("tags", Text, nullable=False, server_default="[]"),
    Column("flagged", Text),
    Column("thumbnail", Text),
    Column("deleted_at", UtcDateTime),
    Column("unreadable", Text),
)

# What another program had written in a column of an image and we could not keep in place.
image_originals = Table(
    "image_originals",
    metadata,
    Column(
        "image_id",
        Integer,
        ForeignKey("images.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("name", Text, primary_key=True),
    Column("value", Text),
)

# Which of two pictures was preferred, and which model had drawn each; pairs that were chosen in one
# go share a ``choice``.
preferences = Table(
    "preferences",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("choice", Text, nullable=False),
    Column("preferred_id", Integer, ForeignKey("images.id", ondelete="CASCADE"), nullable=False),
    Column("rejected_id", Integer, ForeignKey("images.id", ondelete="CASCADE"), nullable=False),
    Column("preferred_model", Text, nullable=False),
    Column("rejected_model", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("owner_id", Integer, ForeignKey("owners.id"), nullable=False, server_default="1"),
    UniqueConstraint("owner_id", "preferred_id", "rejected_id", name="tastemaker_preferences_pair"),
    Index("tastemaker_preferences_choice", "choice"),
    Index("tastemaker_preferences_preferred", "preferred_id"),
    Index("tastemaker_preferences_rejected", "rejected_id"),
)

# Prompts as they were typed, for recalling them.
prompts = Table(
    "prompts",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("text", Text, nullable=False),
    Column("uses", Integer, nullable=False, server_default="0"),
    Column("used_at", UtcDateTime, nullable=False),
    Column("favourite", Integer, nullable=False, server_default="0"),
    Column("owner_id", Integer, ForeignKey("owners.id"), nullable=False, server_default="1"),
    UniqueConstraint("owner_id", "text", name="tastemaker_prompts_text"),
    Index("tastemaker_prompts_used", "owner_id", "used_at"),
)

# Named templates that are put on a prompt; those without one of their own are negative presets.
styles = Table(
    "styles",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("name", Text, nullable=False),
    Column("prompt", Text, nullable=False),
    Column("negative_prompt", Text, nullable=False),
    Column("owner_id", Integer, ForeignKey("owners.id"), nullable=False, server_default="1"),
    UniqueConstraint("owner_id", "name", name="tastemaker_styles_name"),
)

# What the owner calls a trained version; its name never changes, because pictures record it.
model_titles = Table(
    "model_titles",
    metadata,
    Column("name", Text, primary_key=True),
    Column("title", Text, nullable=False),
)


def _listing(name: str, *columns: str, where: str) -> Index:
    """An index that a listing walks in order; partial, so that the trash costs nothing.

    ``deleted_at`` is in it, though its condition says all, because SQLite counts from an index
    alone only when every column that the query names is there.
    """
    found = [images.c[column] for column in ("owner_id", *columns)]
    return Index(
        f"tastemaker_images_{name}", *found, sqlite_where=text(where), postgresql_where=text(where)
    )


_listing("newest", "created_at", "id", "width", "height", "deleted_at", where="deleted_at IS NULL")
_listing("feedback", "feedback", "created_at", "id", "deleted_at", where="deleted_at IS NULL")
_listing("rated", "created_at", "id", "deleted_at", where="deleted_at IS NULL AND feedback <> 0")
_listing("model", "model", "created_at", "id", "deleted_at", where="deleted_at IS NULL")
_listing("seed", "seed", "created_at", "id", "deleted_at", where="deleted_at IS NULL")
_listing("parent", "parent_id", "created_at", "id", "deleted_at", where="deleted_at IS NULL")
_listing("one_job", "job_id", "created_at", "id", "deleted_at", where="deleted_at IS NULL")
_listing("trash", "created_at", "id", "deleted_at", where="deleted_at IS NOT NULL")
Index("tastemaker_images_job", images.c.job_id, images.c.batch_index, unique=True)
Index("tastemaker_images_children", images.c.parent_id)
Index("tastemaker_images_thumbnail", images.c.thumbnail)
# Only of adopted rows: before that the column holds megabytes of base64.
Index(
    "tastemaker_images_content",
    images.c.image_data,
    sqlite_where=text("width IS NOT NULL"),
    postgresql_where=text("width IS NOT NULL"),
)
Index(
    "tastemaker_images_unadopted",
    images.c.id,
    sqlite_where=text("width IS NULL"),
    postgresql_where=text("width IS NULL"),
)
