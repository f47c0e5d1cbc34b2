"""Downloads with the real client from a hub on loopback: whole, interrupted, damaged, refused."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

import pytest

from tastemaker.domain import Event, ModelState
from tastemaker.errors import Conflict, HubUnreachable, InsufficientDisk, ModelUnavailable
from tastemaker.models.fetching import DISK_MARGIN_BYTES
from tastemaker.models.hub import Hub
from tastemaker.models.registry import Registry
from tests.models.conftest import BASE, REPO, MakeRegistry
from tests.models.fakes import WEIGHT_BYTES, random_safetensors, wait_until, write_pipeline
from tests.models.hub_server import FakeHub, serve

UNET = "unet/diffusion_pytorch_model.safetensors"
WANTED = {
    "model_index.json",
    "scheduler/scheduler_config.json",
    "text_encoder/config.json",
    "text_encoder/model.safetensors",
    "tokenizer/merges.txt",
    "tokenizer/tokenizer_config.json",
    "tokenizer/vocab.json",
    "unet/config.json",
    UNET,
    "vae/config.json",
    "vae/diffusion_pytorch_model.safetensors",
}


def ended(registry: Registry) -> bool:
    return registry.get(BASE).state in (ModelState.READY, ModelState.FAILED)


def files_in(folder: Path) -> set[str]:
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}


def bytes_waiting(models: Path) -> int:
    """Size of the U-Net's file while it is on its way, else 0."""
    try:
        unet = models / f"{BASE}.partial" / "unet"
        return sum(p.stat().st_size for p in unet.iterdir() if p.name.startswith("diffusion"))
    except FileNotFoundError:
        return 0


def test_whole_download_takes_only_what_is_needed(
    hub: FakeHub, make_registry: MakeRegistry, tmp_path: Path, events: list[Event]
) -> None:
    registry = make_registry(hub.url)
    assert registry.get(BASE).state is ModelState.NOT_DOWNLOADED

    registry.begin_first_download()
    wait_until(lambda: ended(registry))

    model = registry.get(BASE)
    assert model.state is ModelState.READY, model.error
    folder = tmp_path / "models" / BASE
    assert registry.path_of(BASE) == folder
    assert files_in(folder) == WANTED | {"download.json"}
    for name in WANTED:
        assert (folder / name).read_bytes() == (hub.folder / name).read_bytes()
        assert hub.served[name] == (hub.folder / name).stat().st_size
    assert set(hub.served) - {n for n, c in hub.served.items() if not c} == WANTED
    assert not (tmp_path / "models" / f"{BASE}.partial").exists()
    record = json.loads((folder / "download.json").read_text())
    assert (record["repo"], record["revision"]) == (REPO, hub.commit)


def test_events_tell_growing_bytes_then_ready(
    hub: FakeHub, make_registry: MakeRegistry, events: list[Event]
) -> None:
    registry = make_registry(hub.url)
    registry.begin_first_download()
    wait_until(lambda: bool(events) and events[-1].data["state"] == "ready")

    assert {event.type for event in events} == {"model"}
    assert all(event.data["name"] == BASE for event in events)
    assert json.loads(json.dumps([dict(event.data) for event in events]))
    progress = [e.data["progress"] for e in events if e.data["state"] == "downloading"]
    assert progress
    done = [p["downloaded_bytes"] for p in progress if p]
    assert done == sorted(done)
    assert progress[0]["total_bytes"] > 3 * WEIGHT_BYTES


def test_gpu_takes_half_precision_under_the_plain_name(
    hub: FakeHub, make_registry: MakeRegistry, tmp_path: Path
) -> None:
    registry = make_registry(hub.url, gpu=True)
    registry.begin_first_download()
    wait_until(lambda: ended(registry))

    folder = tmp_path / "models" / BASE
    half = hub.folder / "unet/diffusion_pytorch_model.fp16.safetensors"
    assert files_in(folder) == WANTED | {"download.json"}
    assert (folder / UNET).read_bytes() == half.read_bytes()
    assert hub.served[UNET] == 0


def test_stop_keeps_what_arrived_and_a_restart_fetches_only_the_rest(
    hub: FakeHub, make_registry: MakeRegistry, tmp_path: Path
) -> None:
    first = make_registry(hub.url)
    models = tmp_path / "models"

    def stop_in_the_middle(name: str, sent: int) -> None:
        if name == UNET and sent >= WEIGHT_BYTES // 2:
            wait_until(lambda: bytes_waiting(models) >= 256 * 1024)
            first.stop_download(BASE)

    hub.on_piece = stop_in_the_middle
    first.begin_first_download()
    wait_until(lambda: first.get(BASE).state is ModelState.NOT_DOWNLOADED)
    first.close()
    kept = bytes_waiting(models)
    assert 0 < kept < WEIGHT_BYTES

    hub.on_piece = lambda name, sent: None
    hub.served = Counter()
    hub.ranges.clear()
    second = make_registry(hub.url)
    before = second.get(BASE)
    assert before.state is ModelState.NOT_DOWNLOADED
    assert before.progress is not None
    assert before.progress.downloaded_bytes >= kept

    second.begin_first_download()
    assert hub.ranges == [], "the user stopped it, so a restart must not begin it again"
    second.start_download(BASE)
    wait_until(lambda: ended(second))

    assert second.get(BASE).state is ModelState.READY
    assert (UNET, kept) in hub.ranges
    assert hub.served[UNET] == WEIGHT_BYTES - kept
    assert hub.served["text_encoder/model.safetensors"] == 0, "it was complete already"
    assert (models / BASE / UNET).read_bytes() == (hub.folder / UNET).read_bytes()


_CHILD = """
import sys, time
from pathlib import Path
from tastemaker.models.hub import Hub
from tastemaker.models.registry import Registry
from tastemaker.settings import load_settings
from tests.models.fakes import Pointer

root = Path(sys.argv[1])
settings = load_settings(data_dir=root / "data", models_dir=root / "models", hub_url=sys.argv[2],
                         base_model=sys.argv[3], offline=False)
registry = Registry(settings, Pointer(), device_is_gpu=lambda: False)
registry.begin_first_download()
time.sleep(600)
"""


def test_sigkill_in_the_middle_loses_nothing(
    hub: FakeHub, make_registry: MakeRegistry, tmp_path: Path
) -> None:
    models = tmp_path / "models"
    killed = threading.Event()

    def kill_in_the_middle(name: str, sent: int) -> None:
        if name == UNET and sent >= WEIGHT_BYTES // 2 and not killed.is_set():
            wait_until(lambda: bytes_waiting(models) >= 256 * 1024)
            os.kill(child.pid, signal.SIGKILL)
            child.wait()
            killed.set()

    hub.on_piece = kill_in_the_middle
    child = subprocess.Popen([sys.executable, "-c", _CHILD, str(tmp_path), hub.url, REPO])
    try:
        assert killed.wait(60)
    finally:
        child.kill()
    kept = bytes_waiting(models)
    assert kept >= 256 * 1024

    hub.served = Counter()
    registry = make_registry(hub.url)
    assert registry.get(BASE).state is ModelState.NOT_DOWNLOADED
    with pytest.raises(ModelUnavailable, match="not downloaded"):
        registry.require_ready(BASE)
    registry.begin_first_download()
    wait_until(lambda: ended(registry))

    assert registry.get(BASE).state is ModelState.READY
    assert hub.served[UNET] == WEIGHT_BYTES - kept
    assert (models / BASE / UNET).read_bytes() == (hub.folder / UNET).read_bytes()


def test_a_cut_connection_is_resumed_within_the_same_attempt(
    hub: FakeHub, make_registry: MakeRegistry
) -> None:
    hub.cut[UNET] = 1_500_000
    registry = make_registry(hub.url)
    registry.begin_first_download()
    wait_until(lambda: ended(registry))
    assert registry.get(BASE).state is ModelState.READY
    starts = [start for name, start in hub.ranges if name == UNET]
    assert len(starts) == 2
    assert 0 < starts[1] <= 1_500_000


def test_bytes_of_an_older_commit_are_never_mixed_in(
    hub: FakeHub, make_registry: MakeRegistry, tmp_path: Path
) -> None:
    first = make_registry(hub.url)

    def stop_in_the_middle(name: str, sent: int) -> None:
        if name == UNET and sent >= WEIGHT_BYTES // 2:
            wait_until(lambda: bytes_waiting(tmp_path / "models") >= 256 * 1024)
            first.stop_download(BASE)

    hub.on_piece = stop_in_the_middle
    first.begin_first_download()
    wait_until(lambda: first.get(BASE).state is ModelState.NOT_DOWNLOADED)
    first.close()

    hub.on_piece = lambda name, sent: None
    hub.commit = "beef" * 10
    (hub.folder / UNET).write_bytes(random_safetensors(300_000, seed="newer"))
    newer = random_safetensors(WEIGHT_BYTES, seed="of the same size as before")
    (hub.folder / "text_encoder/model.safetensors").write_bytes(newer)
    second = make_registry(hub.url)
    second.start_download(BASE)
    wait_until(lambda: ended(second))

    folder = tmp_path / "models" / BASE
    assert files_in(folder) == WANTED | {"download.json"}
    for name in WANTED:
        assert (folder / name).read_bytes() == (hub.folder / name).read_bytes()


@pytest.mark.parametrize("name", [UNET, "unet/config.json"])
def test_damaged_bytes_are_noticed_and_fetched_again(
    hub: FakeHub, make_registry: MakeRegistry, tmp_path: Path, name: str
) -> None:
    hub.corrupt[name] = 1
    registry = make_registry(hub.url)
    registry.begin_first_download()
    wait_until(lambda: ended(registry))
    assert registry.get(BASE).state is ModelState.READY
    size = (hub.folder / name).stat().st_size
    assert hub.served[name] == 2 * size
    assert (tmp_path / "models" / BASE / name).read_bytes() == (hub.folder / name).read_bytes()


def test_damage_that_stays_is_a_plain_failure(
    hub: FakeHub, make_registry: MakeRegistry, tmp_path: Path
) -> None:
    hub.corrupt[UNET] = 99
    registry = make_registry(hub.url)
    registry.begin_first_download()
    wait_until(lambda: ended(registry))
    model = registry.get(BASE)
    assert model.state is ModelState.FAILED
    assert "wrong checksum" in (model.error or "")
    assert not (tmp_path / "models" / BASE).exists()
    assert hub.corrupt[UNET] == 97, "two attempts, then no more"


def test_too_small_a_disk_is_refused_before_anything_is_fetched(
    hub: FakeHub, make_registry: MakeRegistry
) -> None:
    registry = make_registry(hub.url, free=lambda folder: DISK_MARGIN_BYTES + WEIGHT_BYTES)
    with pytest.raises(InsufficientDisk, match=r"needs 9 MB .* only 1\.0 GB"):
        registry.start_download(BASE)
    model = registry.get(BASE)
    assert model.state is ModelState.FAILED
    assert "TASTEMAKER_MODELS_DIR" in (model.error or "")
    assert {name for name, count in hub.served.items() if count} <= {"model_index.json"}
    with pytest.raises(InsufficientDisk):
        registry.start_download(BASE)


def test_unreachable_hub_is_said_plainly_and_the_starter_serves_on(
    closed_port: str, make_registry: MakeRegistry
) -> None:
    registry = make_registry(closed_port)
    registry.begin_first_download()
    wait_until(lambda: ended(registry))
    model = registry.get(BASE)
    assert model.state is ModelState.FAILED
    assert closed_port in (model.error or "")
    assert "can't be reached" in (model.error or "")
    assert "starter serves on" in (model.error or "")
    assert registry.require_ready(None).name == "starter"
    with pytest.raises(ModelUnavailable, match="can't be reached") as caught:
        registry.require_ready(BASE)
    assert caught.value.retry_after > 0


def test_a_hub_that_comes_back_is_found_without_help(
    hub: FakeHub, make_registry: MakeRegistry
) -> None:
    hub.refusal = (503, None)
    registry = make_registry(hub.url, retry_seconds=(0.01,))
    registry.begin_first_download()
    wait_until(lambda: registry.get(BASE).state is ModelState.FAILED)
    assert "HTTP 503" in (registry.get(BASE).error or "")
    hub.refusal = None
    wait_until(lambda: registry.get(BASE).state is ModelState.READY)


def test_starting_again_retries_at_once(hub: FakeHub, make_registry: MakeRegistry) -> None:
    hub.refusal = (503, None)
    registry = make_registry(hub.url)  # would wait an hour by itself
    registry.begin_first_download()
    wait_until(lambda: registry.get(BASE).state is ModelState.FAILED)
    hub.refusal = None
    registry.start_download(BASE)
    wait_until(lambda: registry.get(BASE).state is ModelState.READY)


@pytest.mark.parametrize(
    ("refusal", "said"),
    [
        ((403, "GatedRepo"), "accept its conditions"),
        ((401, "GatedRepo"), "accept its conditions"),
        ((403, None), "accept its conditions"),
        ((401, None), "wants a login"),
        ((404, "RepoNotFound"), "HTTP 404"),
        ((404, None), "HTTP 404"),
        ((410, None), "HTTP 410"),
    ],
)
def test_refusals_have_plain_reasons_and_are_not_repeated(
    hub: FakeHub, make_registry: MakeRegistry, refusal: tuple[int, str | None], said: str
) -> None:
    hub.refusal = refusal
    registry = make_registry(hub.url, retry_seconds=(0.01,))
    registry.begin_first_download()
    wait_until(lambda: registry.get(BASE).state is ModelState.FAILED)
    assert said in (registry.get(BASE).error or "")
    assert "Traceback" not in (registry.get(BASE).error or "")
    registry.close()
    assert len(hub.requests) == 1


def test_a_login_page_of_the_network_is_recognised(
    hub: FakeHub, make_registry: MakeRegistry
) -> None:
    hub.html = True
    registry = make_registry(hub.url)
    registry.begin_first_download()
    wait_until(lambda: ended(registry))
    assert "doesn't talk like a model hub" in (registry.get(BASE).error or "")


@pytest.mark.parametrize(
    ("endpoint", "repo_id", "said"),
    [
        ("http://[half", REPO, "TASTEMAKER_HUB_URL"),
        ("http://127.0.0.1:99999999", REPO, "TASTEMAKER_HUB_URL"),
        ("http://127.0.0.1:1", "someone/two--dashes", "TASTEMAKER_BASE_MODEL"),
    ],
)
def test_impossible_settings_are_named(endpoint: str, repo_id: str, said: str) -> None:
    with pytest.raises(HubUnreachable, match=said):
        Hub(endpoint).listing(repo_id)


def test_pickle_weights_are_refused(make_registry: MakeRegistry, tmp_path: Path) -> None:
    folder = write_pipeline(tmp_path / "pickles", variants="bin")
    with serve(FakeHub(REPO, folder)) as hub:
        registry = make_registry(hub.url)
        registry.begin_first_download()
        wait_until(lambda: ended(registry))
        error = registry.get(BASE).error or ""
        assert "only as pickle" in error
        assert "safetensors" in error
        assert not [name for name in hub.served if name.endswith(".bin")]


@pytest.mark.parametrize(
    "name", ["../evil.json", "unet/../../evil.json", "/etc/evil.json", "C:/evil.json", "a\\..\\b"]
)
def test_hostile_file_names_are_refused(
    hub: FakeHub, make_registry: MakeRegistry, tmp_path: Path, name: str
) -> None:
    hub.extra_names = [name]
    registry = make_registry(hub.url)
    registry.begin_first_download()
    wait_until(lambda: ended(registry))
    assert registry.get(BASE).state is ModelState.FAILED
    assert "points outside" in (registry.get(BASE).error or "")
    assert hub.served.total() == 0
    assert not list(tmp_path.rglob("evil*"))


def test_offline_never_opens_a_connection(
    hub: FakeHub, make_registry: MakeRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry = make_registry(hub.url, offline=True)
    registry.begin_first_download()
    with pytest.raises(Conflict, match="offline"):
        registry.start_download(BASE)
    registry.close()
    assert hub.requests == []
    model = registry.get(BASE)
    assert model.state is ModelState.NOT_DOWNLOADED
    assert "offline" in (model.notice or "")


def test_a_second_process_does_not_disturb_the_first(
    hub: FakeHub, make_registry: MakeRegistry
) -> None:
    reached, go_on = threading.Event(), threading.Event()

    def hold(name: str, sent: int) -> None:
        if name == UNET:
            reached.set()
            assert go_on.wait(60)

    hub.on_piece = hold
    first = make_registry(hub.url)
    first.begin_first_download()
    assert reached.wait(60)
    second = make_registry(hub.url, retry_seconds=(0.05,))
    second.begin_first_download()
    wait_until(lambda: second.get(BASE).state is ModelState.FAILED)
    assert "Another Tastemaker process" in (second.get(BASE).error or "")
    assert first.get(BASE).state is ModelState.DOWNLOADING
    with pytest.raises(ModelUnavailable, match=r"is downloading: \d+ % \(.* of 9 MB\)"):
        first.require_ready(BASE)
    go_on.set()
    wait_until(lambda: first.get(BASE).state is ModelState.READY)
    wait_until(lambda: second.get(BASE).state is ModelState.READY)
    assert hub.served[UNET] == WEIGHT_BYTES
