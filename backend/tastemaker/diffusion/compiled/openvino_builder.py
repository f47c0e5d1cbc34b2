"""Makes OpenVINO twins: fingerprint, cache, a child process that converts and checks, compile.

A network is used only after the child has compiled it and compared it with torch on this machine; a
child that crashes is remembered, so that it isn't tried again until something has changed.
"""

from __future__ import annotations

import contextlib
import json
import logging
import platform
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import diffusers
import torch
from safetensors.torch import save_file

from tastemaker.diffusion.compiled import openvino_unet
from tastemaker.diffusion.compiled.cache import CompiledCache, Entry, fingerprint
from tastemaker.diffusion.compiled.converter import IR_FILE
from tastemaker.diffusion.compiled.openvino_unet import OpenVinoUnet
from tastemaker.diffusion.compiled.plan import Plan, rows_for
from tastemaker.diffusion.compiled.switch import Shape, Twin
from tastemaker.diffusion.compiled.warm_up import Subject

log = logging.getLogger(__name__)

FORMAT = "1"
"""Changes whenever an entry of an older program must not be used any more."""
WORST_DB = {"f32": 60.0, "bf16": 20.0}
_COMMAND = (sys.executable, "-m", "tastemaker.diffusion.compiled.converter")
_KILLED = -9
_MEMORY_FACTOR = 3


class OpenVinoBuilder:
    """A `Builder` for the CPU; ``sizes`` are the numbers of rows that are evaluated at once.

    ``nice`` is by how much the child leaves the processor to those who draw.
    """

    def __init__(
        self,
        cache: CompiledCache,
        sizes: Sequence[int],
        *,
        precision: str = "f32",
        command: Sequence[str] = _COMMAND,
        nice: int = 10,
    ) -> None:
        if precision == "bf16" and not openvino_unet.supports_bf16():
            log.warning("this processor has no bfloat16; U-Nets are compiled in float32")
            precision = "f32"
        self._cache = cache
        self._sizes = tuple(sizes)
        self._precision = precision
        self._command = tuple(command)
        self._nice = nice
        # On another thread the number may be another one for a moment.
        self._threads = torch.get_num_threads()
        self._child: subprocess.Popen[str] | None = None
        self._lock = threading.Lock()
        self._closed = False
        # Networks for any shape, by key, for as long as a U-Net uses them.
        self._for_any: weakref.WeakValueDictionary[str, OpenVinoUnet] = (
            weakref.WeakValueDictionary()
        )

    def prepare(self, unet: Any) -> None:
        """On the CPU torch's U-Net stays as it is: it has its best layout already."""

    def build(
        self, subject: Subject, shape: Shape, report: Callable[[str], None]
    ) -> Callable[[], Twin] | None:
        """Compile, converting and checking first where this machine hasn't yet."""
        weights = sum(p.numel() for p in subject.unet.parameters()) * 4
        rows = rows_for(weights, self._sizes)
        plan = Plan(shape, subject.inputs, rows, self._precision, self._threads)
        free = available_memory()
        if free is not None and free < _MEMORY_FACTOR * weights:
            log.info("too little memory to compile the U-Net of %s", subject.model)
            return None
        report("fingerprint")
        key = self._key(subject)
        with self._cache.locked(key) as entry:
            check = entry.check(plan.name)
            if check is None or (check["works"] and not entry.is_complete):
                check = self._convert(key, entry, subject, plan, report)
            if check is None or not check["works"]:
                if check is not None:
                    log.warning("the U-Net of %s stays with torch: %s", subject.model, check["why"])
                return None
            entry.touch()
            report("compiling")
            twin = self._for_any.get(key) or OpenVinoUnet(entry.path / IR_FILE, plan)
            if not rows:
                self._for_any[key] = twin
        self._cache.trim(key)
        return lambda: twin

    def close(self) -> None:
        """Stop the child; what it had begun is forgotten."""
        with self._lock:
            self._closed = True
            if self._child is not None:
                self._child.kill()

    def _key(self, subject: Subject) -> str:
        return self._cache.key(
            format=FORMAT,
            weights=fingerprint(subject.unet),
            precision=self._precision,
            openvino=openvino_unet.version(),
            torch=torch.__version__,
            diffusers=diffusers.__version__,
            processor=processor(),
        )

    def _convert(
        self,
        key: str,
        entry: Entry,
        subject: Subject,
        plan: Plan,
        report: Callable[[str], None],
    ) -> dict[str, Any] | None:
        """Let the child do its work; what is known of the plan then, ``None`` if nothing is."""
        with self._cache.draft(key) as draft:
            weights, made = draft / "weights", draft / "entry"
            _export(subject.unet, weights)
            folder = entry.path if entry.is_complete else made
            folder.mkdir(exist_ok=True)
            job = {
                "plan": plan.to_dict(),
                "weights": str(weights),
                "folder": str(folder),
                "nice": self._nice,
            }
            result, status, complaint = self._run(job, report)
            if self._closed or status == _KILLED:
                # Killed by us, or because memory ran out: says nothing about the network.
                return None
            worst = result["worst_db"] if result is not None else -float("inf")
            check: dict[str, Any] = {**(result or {}), "works": status == 0, "why": ""}
            if status != 0:
                check["why"] = f"the compiler ended with status {status}: {complaint}"
            elif worst < WORST_DB[plan.precision]:
                check |= {"works": False, "why": f"its outputs differ from torch's ({worst} dB)"}
            elif not entry.is_complete:
                made.replace(entry.path)
            entry.write_check(plan.name, check)
            return check

    def _run(
        self, job: dict[str, Any], report: Callable[[str], None]
    ) -> tuple[dict[str, Any] | None, int, str]:
        """The child's result, exit status and last complaint."""
        with self._lock:
            if self._closed:
                return None, _KILLED, ""
            self._child = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        child, result, complaints = self._child, None, [""]
        assert child.stdin is not None
        assert child.stdout is not None
        listener = threading.Thread(target=_collect, args=(child.stderr, complaints), daemon=True)
        listener.start()
        try:
            child.stdin.write(json.dumps(job) + "\n")
            child.stdin.flush()
        except BrokenPipeError:
            log.debug("the converter ended before it knew what to do")
        for line in child.stdout:
            try:
                message = json.loads(line)
            except ValueError:
                continue
            if "stage" in message:
                report(str(message["stage"]))
            result = message.get("result", result)
        status = child.wait()
        listener.join()
        # What it never read is still on its way.
        with contextlib.suppress(BrokenPipeError):
            child.stdin.close()
        if status == 0 and result is None:
            status = 1
        return result, status, complaints[-1]


def _export(unet: Any, folder: Path) -> None:
    """Write a network in diffusers layout, as it is in memory."""
    unet.save_config(folder)
    tensors = {name: tensor.contiguous() for name, tensor in unet.state_dict().items()}
    save_file(tensors, folder / "diffusion_pytorch_model.safetensors")


def _collect(stream: Any, lines: list[str]) -> None:
    """Keep the last line that says something."""
    for line in stream:
        if line.strip():
            lines[0] = line.strip()


def processor() -> str:
    """Names this machine's processor and what it can do; another one needs other checks."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return f"{platform.machine()} {platform.processor()}"
    wanted = ("model name", "flags", "Features", "CPU part")
    return " ".join(dict.fromkeys(line for line in lines if line.startswith(wanted)))


def available_memory() -> int | None:
    """Bytes that programs can still have, or ``None`` where the system doesn't say."""
    try:
        for line in Path("/proc/meminfo").read_text("utf-8").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except OSError:
        return None
    return None
