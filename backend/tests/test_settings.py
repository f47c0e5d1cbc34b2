"""Settings from the environment: what is wrong is named by its variable, with what is allowed."""

from __future__ import annotations

import pytest

from tastemaker.errors import SettingsError
from tastemaker.settings import load_settings


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("MAX_BATCH_ROWS", "1", "0 or at least 2"),
        ("MAX_BATCH_ROWS", "257", "less than or equal to 256"),
        ("PORT", "http", "valid integer"),
        ("DEVICE", "gpu", "auto, cpu, cuda, cuda:N or mps"),
    ],
)
def test_a_wrong_setting_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, allowed: str
) -> None:
    monkeypatch.setenv(f"TASTEMAKER_{name}", value)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert f"TASTEMAKER_{name}={value!r} is not allowed" in str(caught.value)
    assert allowed in str(caught.value)


def test_rows_are_left_to_the_device_or_said(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_settings().max_batch_rows == 0
    monkeypatch.setenv("TASTEMAKER_MAX_BATCH_ROWS", "2")
    assert load_settings().max_batch_rows == 2
