"""The only reader of the environment: variables ``TASTEMAKER_*`` or the project folder's ``.env``.

Relative folders are relative to the project folder, so that ``make run``, ``python app.py`` and
the CLI agree wherever they are started.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from tastemaker.errors import SettingsError

PROJECT_ROOT = Path(__file__).resolve().parents[2]
STARTER_WEIGHTS = Path(__file__).resolve().parent / "starter" / "weights"
ENV_PREFIX = "TASTEMAKER_"


class Settings(BaseSettings):
    """Every setting with its default; use `load_settings`, whose errors are for people."""

    model_config = SettingsConfigDict(
        env_prefix=ENV_PREFIX, env_file=PROJECT_ROOT / ".env", extra="ignore", frozen=True
    )

    host: str = Field("127.0.0.1", description="Address to listen on; 0.0.0.0 for all interfaces.")
    allowed_hosts: str = Field(
        "",
        description="Comma-separated host names to answer to, or * for any; empty: on a loopback "
        "address only loopback names, otherwise any.",
    )
    port: int = Field(5001, ge=1, le=65535, description="Port of the web page and the API.")
    data_dir: Path = Field(Path("data"), description="Folder of the database and the pictures.")
    models_dir: Path = Field(Path("models"), description="Folder of downloaded models.")
    database_url: str = Field(
        "", description="SQLAlchemy URL; empty means SQLite `tastemaker.db` in the data folder."
    )
    base_model: Annotated[
        str, StringConstraints(pattern=r"^[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*$")
    ] = Field("CompVis/stable-diffusion-v1-4", description="Hub id of the base model to download.")
    offline: bool = Field(False, description="Never contact the model hub.")
    hub_url: Annotated[str, StringConstraints(pattern=r"^https?://[^\s]+$")] = Field(
        "https://huggingface.co", description="Address of the model hub (or of a mirror)."
    )
    device: Annotated[str, StringConstraints(pattern=r"^(auto|cpu|mps|cuda(:\d+)?)$")] = Field(
        "auto", description="auto, cpu, cuda, cuda:N or mps."
    )
    max_queue: int = Field(100, ge=1, le=100_000, description="Jobs that may wait; more get 429.")
    max_batch_jobs: int = Field(
        10_000, ge=1, le=1_000_000, description="Jobs of batches that may wait; more get 429."
    )
    max_batch_rows: int = Field(
        0,
        ge=0,
        le=256,
        description="U-Net rows evaluated at once; a guided image needs two. 0: 12 on the CPU, "
        "where more are hardly faster and keep each picture waiting longer, 16 elsewhere.",
    )
    strict_rows: int = Field(
        0,
        ge=0,
        le=256,
        description="Strict mode: every evaluation has exactly so many U-Net rows, so that a "
        "picture's bits never depend on what is drawn beside it. Fewer rows are padded up to it, "
        "more are evaluated one after the other, and nothing is compiled. With 2, 4 or 8 the "
        "starter takes 1.0, 1.4 or 2.1 times as long for one picture alone, and 1.8, 1.3 or 1.1 "
        "times for eight at once (one CPU thread, without compiling). 0 is off.",
    )
    model_memory_mb: int = Field(
        0,
        ge=0,
        le=16_777_216,
        description="MiB that the models in memory may have together; the one used longest ago "
        "goes first. 0: half of the device's memory.",
    )
    compile: Literal["auto", "off"] = Field(
        "auto",
        description="auto: U-Nets are compiled for this machine in the background, by OpenVINO on "
        "the CPU where it is installed, by torch.compile on CUDA. off: never.",
    )
    compile_precision: Literal["f32", "bf16"] = Field(
        "f32",
        description="What U-Nets compiled for the CPU reckon in. bf16 is faster on processors that "
        "have it, and draws slightly other pictures.",
    )
    compiled_mb: int = Field(
        8192, ge=1, le=1_048_576, description="MiB on disk for compiled U-Nets."
    )
    max_upload_mb: int = Field(20, ge=1, le=1024, description="Largest upload in MiB.")
    max_upload_pixels: int = Field(
        40_000_000, ge=4096, le=500_000_000, description="Most pixels an upload may have."
    )
    max_model_mb: int = Field(
        16_384, ge=1, le=1_048_576, description="Largest model to import, in MiB, also unpacked."
    )
    wait_seconds: float = Field(
        30.0, ge=0, le=300, description="How long POST /api/generate waits for its pictures."
    )
    safety_checker: bool = Field(
        True, description="Keep a model's own safety checker when it ships one."
    )
    threads: int = Field(0, ge=0, le=1024, description="CPU threads of the engine; 0 = all cores.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="How much is written to the terminal."
    )

    @field_validator("data_dir", "models_dir")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return (PROJECT_ROOT / value.expanduser()).resolve()

    @field_validator("max_batch_rows")
    @classmethod
    def _enough_rows(cls, value: int) -> int:
        if value == 1:
            raise ValueError("0 or at least 2")
        return value

    @model_validator(mode="after")
    def _database(self) -> Settings:
        if not self.database_url:
            url = f"sqlite:///{self.data_dir / 'tastemaker.db'}"
            object.__setattr__(self, "database_url", url)
        return self


def load_settings(**overrides: object) -> Settings:
    """Read the environment; ``overrides`` (the command line's options) win over it.

    Raises:
        SettingsError: naming each wrong setting by its variable and saying what is allowed.
    """
    try:
        return Settings(**{k: v for k, v in overrides.items() if v is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        lines = []
        for item in error.errors():
            name = str(item["loc"][0]) if item["loc"] else "settings"
            info = Settings.model_fields.get(name)
            about = f" {info.description}" if info is not None and info.description else ""
            lines.append(
                f"{ENV_PREFIX}{name.upper()}={item['input']!r} is not allowed: "
                f"{item['msg']}.{about}"
            )
        raise SettingsError("\n".join(lines)) from error
