"""Which device draws, in what precision, and what running out of its memory looks like.

Knows no models.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
from collections.abc import Iterator
from pathlib import Path

import torch

from tastemaker.errors import SettingsError

KEPT_BYTES = 256 * 1024**2
"""So much freed memory stays with the process."""
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
_LARGEST_MMAP_THRESHOLD = 32 * 1024**2


def pick_device(setting: str) -> torch.device:
    """The device for ``auto``, ``cpu``, ``cuda``, ``cuda:N`` or ``mps``.

    ``auto`` prefers CUDA, then Apple's MPS, then the CPU, and never fails.

    Raises:
        SettingsError: the device asked for can't be used; says why and what to do.
    """
    if setting == "auto":
        if torch.cuda.is_available() and _works(torch.device("cuda", 0)):
            return torch.device("cuda", 0)
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    if setting == "cpu":
        return torch.device("cpu")
    if setting == "mps":
        if not torch.backends.mps.is_available():
            raise SettingsError(
                "The device mps needs a Mac with Apple silicon and macOS 13 or later. "
                "Use auto or cpu."
            )
        return torch.device("mps")
    kind, _, index = setting.partition(":")
    if kind != "cuda" or (index and not index.isdecimal()):
        raise SettingsError(f"{setting!r} is no device; use auto, cpu, cuda, cuda:N or mps.")
    return _cuda(int(index or 0))


def _cuda(index: int) -> torch.device:
    if torch.version.cuda is None:
        raise SettingsError(
            "This PyTorch was built without CUDA. Install a CUDA build of the same version of "
            "torch, or use the device auto or cpu."
        )
    if not torch.cuda.is_available():
        raise SettingsError(
            f"PyTorch was built for CUDA {torch.version.cuda} but finds no usable NVIDIA driver. "
            "Check that nvidia-smi works and shows a driver for that CUDA version or newer, "
            "or use the device auto or cpu."
        )
    count = torch.cuda.device_count()
    if index >= count:
        raise SettingsError(
            f"There is no device cuda:{index}; this machine has cuda:0 to cuda:{count - 1}."
        )
    device = torch.device("cuda", index)
    if not _works(device):
        name = torch.cuda.get_device_name(device)
        raise SettingsError(
            f"The GPU {name!r} is not supported by this build of PyTorch (CUDA "
            f"{torch.version.cuda}). Install a build for this GPU, or use the device cpu."
        )
    return device


def _works(device: torch.device) -> bool:
    """Whether a kernel really runs: a GPU too old or too new for the build fails only then."""
    try:
        return bool((torch.ones(2, device=device) * 2).sum().item() == 4.0)
    except RuntimeError:
        return False


def pick_dtype(device: torch.device, *, upcast_attention: bool = False) -> torch.dtype:
    """float32 on CPU and MPS; on CUDA bfloat16, which never overflows.

    float16 on cards older than Ampere, which only emulate bfloat16, unless attention overflows it.
    """
    if device.type != "cuda":
        return torch.float32
    if upcast_attention or _reckons_in_bfloat16(device):
        return torch.bfloat16
    return torch.float16


def _reckons_in_bfloat16(device: torch.device) -> bool:
    return torch.cuda.is_available() and torch.cuda.get_device_capability(device) >= (8, 0)


@contextlib.contextmanager
def threads(count: int) -> Iterator[None]:
    """Let torch split an operator of this thread over at most ``count`` of them.

    On the CPU the helpers of an operator keep spinning for milliseconds after it, on cores that
    another library's threads may want at once: small operators before such a call are done by one.
    """
    before = torch.get_num_threads()
    if before == count:
        # Setting it tells new threads of others, too.
        yield
        return
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def prepare_processor() -> None:
    """Let this thread flush denormal numbers to zero, and this process keep memory it has freed.

    glibc gives memory back to the kernel when an operator's result is freed, and the kernel clears
    it page by page for the next operator. See mallopt(3); other C libraries are left as they are.
    """
    torch.set_flush_denormal(True)
    # Setting one threshold stops glibc from adapting the other.
    _tell_malloc("mallopt", _MMAP_THRESHOLD, _LARGEST_MMAP_THRESHOLD)
    _tell_malloc("mallopt", _TRIM_THRESHOLD, KEPT_BYTES)


def trim_memory() -> None:
    """Give memory that this process has freed back to the system."""
    _tell_malloc("malloc_trim", 0)


def _tell_malloc(function: str, *arguments: int) -> None:
    """Call a function of the C library's allocator, where it has it."""
    with contextlib.suppress(AttributeError, OSError, TypeError):
        getattr(ctypes.CDLL(None), function)(*arguments)


_OUT_OF_MEMORY = ("out of memory", "can't allocate memory", "cannot allocate memory")


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an exception means that the device (or the machine) has too little memory."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    text = str(error).lower()
    return isinstance(error, RuntimeError) and any(words in text for words in _OUT_OF_MEMORY)


def free_memory(device: torch.device) -> None:
    """Give back what the allocators hold on to."""
    gc.collect()
    trim_memory()
    if device.type == "cuda":
        torch.cuda.empty_cache()
    elif device.type == "mps":
        torch.mps.empty_cache()


def total_memory(device: torch.device) -> int:
    """Bytes of memory that the device has; those of the machine where it has none of its own."""
    if device.type == "cuda":
        return int(torch.cuda.get_device_properties(device).total_memory)
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        # Windows doesn't say; this is the least that a studio's machine has.
        return 8 * 1024**3


def available_memory(device: torch.device) -> int:
    """Bytes of the device's memory that can be had now."""
    if device.type == "cuda":
        free, _ = torch.cuda.mem_get_info(device)
        kept = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
        return int(free + kept)
    try:
        for line in Path("/proc/meminfo").read_text("ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError):
        pass
    return total_memory(device) // 2


def memory_of(device: torch.device) -> str:
    """The device's kind and how much memory it has, to remember under what fits into it."""
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else device.type
    return f"{name}, {total_memory(device) >> 20} MiB"
