"""Loads what the server's processes need, once for all of them: see `tastemaker.processes`.

Importing this takes seconds. Afterwards nothing may have been started that doesn't survive a fork:
no thread, no device.
"""

from __future__ import annotations

import gc
import signal
from importlib import import_module

# Ctrl+C reaches every process of a terminal; this one ends when the server has.
signal.signal(signal.SIGINT, signal.SIG_IGN)
# Half a million objects, none of them garbage: looking for some would take a sixth of the time.
gc.disable()
for name in ("tastemaker.jobs.worker", "tastemaker.retraining", "tastemaker.looking"):
    import_module(name)
# Nor does a later search for garbage touch them, so that the copies go on sharing their memory.
gc.freeze()
gc.enable()
