"""What HTTP, queue, database, PNG and thumbnails cost per picture, beyond the engine alone.

    python -m benchmarks.overhead                  the starter, 16 requests in flight
    python -m benchmarks.overhead --compile off    with torch's U-Net on both sides
    python -m benchmarks.overhead --model tiny --images 32 --steps 4

The same requests, once through an engine in a process of its own and once through
``tastemaker serve``, from clients that each wait for their picture before they ask for the next.
The U-Net is compiled on both sides, as the studio does by itself, before anything is measured.
The first requests come one after the other on both sides: pictures that all are at the same step
join and leave the engine's batch at less cost, and through HTTP they soon aren't.
Interleaved A-B-B-A; the overhead is the difference of the medians per picture. On a machine whose
cores are all busy drawing it is the processor time that everything else takes (the clients' own,
too); with cores to spare it is less. That processor time is printed apart.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import psutil

from benchmarks.engine import one_request
from benchmarks.ours import Arrival, made_fast, serve
from benchmarks.pipelines import folder_of
from benchmarks.timing import interleaved, machine
from tastemaker.diffusion.buckets import most_rows
from tastemaker.diffusion.components import load_components
from tastemaker.diffusion.device import pick_device
from tastemaker.settings import Settings

BETWEEN_SECONDS = 0.1
"""From one of the first requests to the next."""
FIELDS = ("prompt", "width", "height", "num_inference_steps", "guidance_scale", "seed")


def engine_process(options: argparse.Namespace) -> None:
    """Answer each line on the input with the seconds that all pictures took."""
    device = pick_device(options.device)
    components = load_components(Path(options.model), device, safety_checker=False)
    one = one_request(components, options.steps)
    # As the server has it from the same environment.
    rows = most_rows(Settings().max_batch_rows, device.type)
    if options.compile == "auto":
        components, _ = made_fast(components, Path(options.scratch) / "compiled", max_rows=rows)
    arrivals = [
        Arrival(replace(one, seed=i), at=min(i, options.in_flight - 1) * BETWEEN_SECONDS)
        for i in range(options.images)
    ]
    print("ready", flush=True)
    for _ in sys.stdin:
        served = serve(components, arrivals, max_rows=rows, at_once=options.in_flight)
        print(served.seconds, flush=True)


class EngineAlone:
    """An engine in a process of its own."""

    def __init__(self, options: argparse.Namespace, folder: Path, scratch: Path) -> None:
        self._child = subprocess.Popen(
            [
                *(sys.executable, "-W", "ignore", "-m", "benchmarks.overhead", "--engine"),
                *("--model", str(folder), "--steps", str(options.steps)),
                *("--images", str(options.images), "--in-flight", str(options.in_flight)),
                *("--device", options.device, "--compile", options.compile),
                *("--scratch", str(scratch)),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._in, self._out = self._child.stdin, self._child.stdout
        while self._out.readline() != "ready\n":
            if self._child.poll() is not None:
                raise SystemExit("the engine's process ended")

    def __call__(self) -> float:
        self._in.write("\n")
        self._in.flush()
        return float(self._out.readline())

    def stop(self) -> None:
        self._in.close()
        self._child.wait()


class Server:
    """`tastemaker serve` with one model, and clients that keep ``in_flight`` requests going."""

    def __init__(self, options: argparse.Namespace, folder: Path, scratch: Path) -> None:
        from tests.servers import StudioServer

        (scratch / "models").mkdir(parents=True)
        shutil.copytree(folder, scratch / "models" / "measured")
        threads = os.environ.get("OMP_NUM_THREADS", "0")
        self._server = StudioServer(
            scratch,
            threads=threads,
            compile=options.compile,
            wait_seconds="300",
            device=options.device,
        ).start(activate="measured")
        self._options = options
        components = load_components(folder, pick_device("cpu"), safety_checker=False)
        one = one_request(components, options.steps)
        self._body = {name: getattr(one, name) for name in FIELDS}
        self._body |= {"sampler": one.sampler.value, "schedule": one.schedule.value}
        self._wait_until(lambda worker: worker["ready"])
        self._draw(self._connect(), {**self._body, "seed": 0})
        self._wait_until(lambda worker: worker["warm_up"] is None)

    def _wait_until(self, is_so: Callable[[Any], bool]) -> None:
        while not is_so(self._server.get("/api/system")["worker"]):
            time.sleep(0.2)

    def processor_seconds(self) -> tuple[float, float]:
        """Processor time so far, of the clients and of the web process."""
        worker = self._server.worker_pid()
        web = [pid for pid in self._server.children() if pid != worker]
        times = [psutil.Process(pid).cpu_times() for pid in web]
        return time.process_time(), sum(spent.user + spent.system for spent in times)

    def __call__(self) -> float:
        todo = list(range(self._options.images))
        lock = threading.Lock()

        def client(number: int) -> None:
            time.sleep(number * BETWEEN_SECONDS)
            connection = self._connect()
            while True:
                with lock:
                    if not todo:
                        break
                    seed = todo.pop(0)
                self._draw(connection, {**self._body, "seed": seed})
            connection.close()

        clients = [
            threading.Thread(target=client, args=(number,))
            for number in range(self._options.in_flight)
        ]
        start = time.perf_counter()
        for one in clients:
            one.start()
        for one in clients:
            one.join()
        return time.perf_counter() - start

    def _connect(self) -> HTTPConnection:
        return HTTPConnection("127.0.0.1", self._server.port, timeout=600)

    def _draw(self, connection: HTTPConnection, body: dict[str, Any]) -> None:
        headers = {"Content-Type": "application/json"}
        connection.request("POST", "/api/generate", json.dumps(body), headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 201:
            raise SystemExit(f"the server answered {answer.status}")

    def stop(self) -> None:
        self._server.stop()


def main() -> int:
    """Measure and print the table last."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--model", default="starter", help="starter, tiny, v1-4 or a folder")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--images", type=int, default=64)
    parser.add_argument("--in-flight", type=int, default=16)
    parser.add_argument("--repeats", type=int, default=4, help="runs of each side; at least 3")
    parser.add_argument("--compile", choices=["auto", "off"], default="auto")
    parser.add_argument("--scratch", help=argparse.SUPPRESS)
    parser.add_argument("--engine", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.engine:
        engine_process(options)
        return 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = folder_of(options.model, Path(temporary))
        server = Server(options, folder, Path(temporary) / "studio")
        sides = {"engine": EngineAlone(options, folder, Path(temporary)), "server": server}
        try:
            for side in sides.values():
                side()
            clients, web = server.processor_seconds()
            times = interleaved(sides, options.repeats)
            spent = [
                now - then
                for now, then in zip(server.processor_seconds(), (clients, web), strict=True)
            ]
        finally:
            for side in sides.values():
                side.stop()
    print(f"{folder.name} on {machine(pick_device(options.device))}")
    print(
        f"{options.images} pictures, {options.steps} steps, {options.in_flight} requests in flight"
    )
    for name, found in times.items():
        print(f"  {name:8} {found!s:>24} s  {found.median / options.images * 1e3:7.1f} ms/picture")
    each = (times["server"].median - times["engine"].median) / options.images
    print(f"overhead: {each * 1e3:.1f} ms per picture")
    drawn = options.images * len(times["server"].runs)
    for name, seconds in zip(("clients", "web process"), spent, strict=True):
        print(f"processor time of the {name}: {seconds / drawn * 1e3:.1f} ms per picture")
    return 0


if __name__ == "__main__":
    sys.exit(main())
