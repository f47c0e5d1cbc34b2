"""Numbers for Prometheus: requests by route, jobs by state, pictures, open streams."""

from __future__ import annotations

import time
from collections.abc import Iterator

from flask import Flask, Response, g, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

from tastemaker.api.context import Context
from tastemaker.domain import JobState

CONTENT_TYPE = CONTENT_TYPE_LATEST
_KEY = "tastemaker-metrics"
_STREAM = "text/event-stream"


class StateCollector(Collector):
    """Reads the state when it is asked for; counts nothing itself."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def collect(self) -> Iterator[Metric]:
        services = self._context.services
        counts = services.queue.counts()
        jobs = GaugeMetricFamily("tastemaker_jobs", "Jobs by state.", labels=["state"])
        for state in JobState:
            jobs.add_metric([state.value], counts.get(state, 0))
        yield jobs
        yield GaugeMetricFamily(
            "tastemaker_queue_depth", "Jobs that wait.", value=counts.get(JobState.QUEUED, 0)
        )
        images = services.gallery.counts()
        yield GaugeMetricFamily(
            "tastemaker_images", "Pictures outside the trash.", value=images["total"]
        )
        yield GaugeMetricFamily(
            "tastemaker_event_streams", "Open event streams.", value=self._context.streams.taken
        )
        yield GaugeMetricFamily(
            "tastemaker_worker_ready",
            "1 when a model is loaded.",
            value=float(services.pool.status().ready),
        )


def register(app: Flask, context: Context) -> None:
    """Count every request of ``app`` in a registry of its own."""
    registry = CollectorRegistry()
    registry.register(StateCollector(context))
    requests = Counter(
        "tastemaker_http_requests",
        "Answered requests.",
        ["method", "route", "status"],
        registry=registry,
    )
    latency = Histogram(
        "tastemaker_http_request_seconds",
        "Time to the answer, without event streams.",
        ["method", "route"],
        registry=registry,
    )
    app.extensions[_KEY] = registry

    @app.before_request
    def start() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def count(answer: Response) -> Response:
        rule = request.url_rule
        # The rule and not the address, so that the number of series stays bounded.
        route = rule.rule if rule is not None else "unmatched"
        method = request.method if rule is not None else "any"
        requests.labels(method, route, answer.status_code).inc()
        if answer.mimetype != _STREAM and "started" in g:
            latency.labels(method, route).observe(time.perf_counter() - g.started)
        return answer


def exposition(app: Flask) -> bytes:
    """All numbers of ``app`` in Prometheus' text format."""
    registry = app.extensions[_KEY]
    assert isinstance(registry, CollectorRegistry)
    return generate_latest(registry)
