"""What HTTP, queue, database, PNG and thumbnails cost per picture, beyond the engine alone.

    python -m benchmarks.overhead                  the starter, 16 requests in flight
    python -m benchmarks.overhead --model tiny --images 32 --steps 4

The same requests, once through an engine in a process of its own and once through
``tastemaker serve``, from clients that each wait for their picture before they ask for the next.
Both with torch's U-Net, so that nothing changes on the way. Interleaved A-B-B-A; the overhead is
the difference of the medians per picture. On a machine whose cores are all busy drawing it is the
processor time that everything else takes; with cores to spare it is less.
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
import urllib.request
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.engine import one_request
from benchmarks.ours import Arrival, serve
from benchmarks.pipelines import folder_of
from benchmarks.timing import interleaved, machine
from tastemaker.diffusion.components import load_components
from tastemaker.diffusion.device import pick_device

FIELDS = ("prompt", "width", "height", "num_inference_steps", "guidance_scale", "seed")


def engine_process(options: argparse.Namespace) -> None:
    """Answer each line on the input with the seconds that all pictures took."""
    device = pick_device(options.device)
    components = load_components(Path(options.model), device, safety_checker=False)
    one = one_request(components, options.steps)
    arrivals = [Arrival(replace(one, seed=i)) for i in range(options.images)]
    print("ready", flush=True)
    for _ in sys.stdin:
        print(serve(components, arrivals, at_once=options.in_flight).seconds, flush=True)


class EngineAlone:
    """An engine in a process of its own."""

    def __init__(self, options: argparse.Namespace, folder: Path) -> None:
        self._child = subprocess.Popen(
            [
                *(sys.executable, "-W", "ignore", "-m", "benchmarks.overhead", "--engine"),
                *("--model", str(folder), "--steps", str(options.steps)),
                *("--images", str(options.images), "--in-flight", str(options.in_flight)),
                *("--device", options.device),
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
            scratch, threads=threads, compile="off", wait_seconds="300", device=options.device
        ).start(activate="measured")
        self._options = options
        components = load_components(folder, pick_device("cpu"), safety_checker=False)
        one = one_request(components, options.steps)
        self._body = {name: getattr(one, name) for name in FIELDS}
        self._body |= {"sampler": one.sampler.value, "schedule": one.schedule.value}
        while not self._server.get("/api/system")["worker"]["ready"]:
            time.sleep(0.2)

    def __call__(self) -> float:
        todo = list(range(self._options.images))
        lock = threading.Lock()

        def client() -> None:
            while True:
                with lock:
                    if not todo:
                        return
                    seed = todo.pop(0)
                self._draw({**self._body, "seed": seed})

        clients = [threading.Thread(target=client) for _ in range(self._options.in_flight)]
        start = time.perf_counter()
        for one in clients:
            one.start()
        for one in clients:
            one.join()
        return time.perf_counter() - start

    def _draw(self, body: dict[str, Any]) -> None:
        request = urllib.request.Request(
            self._server.url + "/api/generate",
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=600) as answer:
            if answer.status != 201:
                raise SystemExit(f"the server answered {answer.status}")
            answer.read()

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
    parser.add_argument("--engine", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.engine:
        engine_process(options)
        return 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = folder_of(options.model, Path(temporary))
        sides = {
            "engine": EngineAlone(options, folder),
            "server": Server(options, folder, Path(temporary) / "studio"),
        }
        try:
            for side in sides.values():
                side()
            times = interleaved(sides, options.repeats)
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
    return 0


if __name__ == "__main__":
    sys.exit(main())
