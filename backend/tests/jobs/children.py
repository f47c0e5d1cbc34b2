"""What small processes do in tests of those who start them. Loads nothing that takes time."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from tastemaker.domain import Event
from tastemaker.jobs.worker_process import Pipe

ECHO = f"{__name__}:echo"
ERRAND = f"{__name__}:errand"
TRAINING = f"{__name__}:training"


def echo(pipe: Pipe) -> None:
    """Say that it is ready, then what it is told; crash or end when asked to."""
    setup = pipe.read_setup()
    print("noise that is no event", flush=True)
    loaded = [setup["preload"]]
    ready = {"ready": True, "detail": "Ready.", "device": "cpu", "loaded_models": loaded}
    pipe.emit(Event("status", ready))
    pipe.emit(Event("setup", setup))
    while True:
        verb, argument = pipe.commands.get()
        if verb == "stop":
            return
        if verb == "cancel" and argument == "crash":
            os._exit(11)
        pipe.emit(Event("told", {"verb": verb, "argument": argument}))


def errand(pipe: Pipe) -> None:
    """Note that it was started, then answer, fail, die or wait for its end."""
    setup = pipe.read_setup()
    with Path(setup["log"]).open("a") as log:
        log.write(f"{os.getpid()}\n")
    if (said := setup["arguments"].get("say")) is not None:
        pipe.emit(Event(said["type"], said["data"]))
    if setup["kind"] == "long":
        pipe.commands.get()


def training(pipe: Pipe) -> None:
    """Claim with SQL alone, say so, then do as it is told."""
    setup = pipe.read_setup()

    def write(sql: str, *values: object) -> None:
        with sqlite3.connect(setup["path"]) as database:
            database.execute(sql, values)

    write("update jobs set state='running', worker=? where state='queued'", setup["token"])
    pipe.emit(Event("model", {"name": "x"}))
    pipe.emit(Event("training", {"claimed": True}, setup["job"]))
    verb, _ = pipe.commands.get()
    if verb == "crash":
        os._exit(11)
    if verb == "succeed":
        write("update jobs set state='succeeded', worker=null")
