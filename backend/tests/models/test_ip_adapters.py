"""IP-Adapters in the models folder are no models; one in the wrong place is told the right one."""

from __future__ import annotations

from pathlib import Path

from tastemaker.diffusion.components import load_components
from tastemaker.domain import ModelState
from tests.diffusion.conftest import CPU
from tests.models.conftest import MakeRegistry
from tests.tiny_ip_adapter import write_image_encoder, write_ip_adapter
from tests.tiny_pipeline import make_tiny_pipeline


def test_their_folder_is_no_model(make_registry: MakeRegistry, tmp_path: Path) -> None:
    models = tmp_path / "models"
    unet = load_components(make_tiny_pipeline(models / "tiny"), CPU).unet
    registry = make_registry("http://127.0.0.1:1", offline=True)
    before = registry.list()
    write_image_encoder(models / "ip-adapter" / "image_encoder")
    write_ip_adapter(models / "ip-adapter" / "ip-adapter_tiny.safetensors", unet)
    (models / "ip-adapter" / "old.bin").write_bytes(b"\x80\x04never opened")
    assert registry.list() == before


def test_beside_the_models_it_is_told_where_it_belongs(
    make_registry: MakeRegistry, tmp_path: Path
) -> None:
    models = tmp_path / "models"
    unet = load_components(make_tiny_pipeline(models / "tiny"), CPU).unet
    write_ip_adapter(models / "ip-adapter_tiny.safetensors", unet)
    registry = make_registry("http://127.0.0.1:1", offline=True)
    model = registry.get("ip-adapter_tiny")
    assert model.state is ModelState.FAILED
    assert "Put it into the folder ip-adapter of the models folder" in (model.error or "")
