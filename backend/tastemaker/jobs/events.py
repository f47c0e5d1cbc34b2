"""What happens in the studio, told to whoever listens: a bounded in-memory log with resume.

Every event gets an id that grows for ever, also across restarts (it starts at the clock's
milliseconds). A listener that returns with the last id it saw gets everything since, or is told by
`Subscription.gap` that it missed something and should read the current state first.

Knows no HTTP and no database: durable truth is in the ``jobs`` rows, this is only the news.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tastemaker.domain import AnyJob, Event, JobState

HISTORY = 2000
LOOK_SECONDS = 5.0


def job_event(job: AnyJob) -> Event:
    """The news of a job's state."""
    data = {
        "state": job.state.value,
        "error": job.error,
        "attempts": job.attempts,
        "image_ids": list(job.image_ids),
        "paused": job.paused,
    }
    return Event("job", data, job.id)


@dataclass(frozen=True, slots=True)
class Numbered:
    """An event with its place in the log."""

    id: int
    event: Event


@dataclass(frozen=True, slots=True)
class Interest:
    """Which events a listener wants: of one job, of one type, or all that there are."""

    job_id: str | None = None
    type: str | None = None

    def __contains__(self, event: Event) -> bool:
        return self.job_id in (None, event.job_id) and self.type in (None, event.type)


class Subscription:
    """One listener's view of the log, from the moment it subscribed (or the id it resumes from)."""

    def __init__(self, broker: EventBroker, interest: Interest, after: int, gap: bool) -> None:
        self._broker = broker
        self._interest = interest
        self._after = after
        self.gap = gap

    @property
    def position(self) -> int:
        """Id of the last event seen; resuming from it misses nothing."""
        return self._after

    @property
    def closed(self) -> bool:
        """Whether the log is closed: nothing will come any more."""
        return self._broker.closed

    @property
    def pending(self) -> bool:
        """Whether there is an event that wasn't seen yet."""
        return self._broker._after(self._after, self._interest, 0.0) is not None

    def next(self, timeout: float) -> Numbered | None:
        """The next event, or ``None`` after ``timeout`` seconds without one (or at shutdown)."""
        found = self._broker._after(self._after, self._interest, time.monotonic() + timeout)
        if found is not None:
            self._after = found.id
        return found

    def __iter__(self) -> Iterator[Numbered]:
        while not self._broker.closed:
            item = self.next(timeout=1.0)
            if item is not None:
                yield item


class EventBroker:
    """Thread-safe publish / subscribe. Of previews only the newest one per picture is kept.

    A listener sleeps through what it has no interest in: many wait for one job each while all jobs
    make news.
    """

    def __init__(self, history: int = HISTORY) -> None:
        self._history = history
        self._log: dict[int, Event] = {}
        self._previews: dict[tuple[str | None, int | None], int] = {}
        self._lock = threading.Lock()
        self._sleeping: dict[threading.Condition, Interest] = {}
        self._next_id = int(time.time() * 1000)
        self._first_id = self._next_id
        self._forgotten = 0
        self.closed = False

    def publish(self, event: Event) -> Numbered:
        """Append ``event`` and wake the listeners that want it."""
        with self._lock:
            item = Numbered(self._next_id, event)
            self._next_id += 1
            if event.type == "preview":
                picture = _pictured(event)
                self._log.pop(self._previews.pop(picture, 0), None)
                self._previews[picture] = item.id
            self._log[item.id] = event
            if len(self._log) > self._history:
                self._forget_oldest()
            for sleeper, interest in self._sleeping.items():
                if event in interest:
                    sleeper.notify()
            return item

    def _forget_oldest(self) -> None:
        oldest, event = next(iter(self._log.items()))
        del self._log[oldest]
        if event.type == "preview":
            del self._previews[_pictured(event)]
        self._forgotten = oldest

    @property
    def last_id(self) -> int:
        """Id of the newest event (or the one before the first)."""
        with self._lock:
            return self._next_id - 1

    def latest(self, event_type: str, job_id: str) -> Event | None:
        """The newest event of that type and job, if it is still in the log."""
        with self._lock:
            for event in reversed(self._log.values()):
                if event.type == event_type and event.job_id == job_id:
                    return event
        return None

    def subscribe(
        self,
        job_id: str | None = None,
        last_event_id: int | None = None,
        event_type: str | None = None,
    ) -> Subscription:
        """Listen to one job or to everything, perhaps to one type of event only.

        ``last_event_id`` resumes after that event. ``gap`` on the result is true when nothing is
        resumed or some events since then are no longer in the log.
        """
        interest = Interest(job_id, event_type)
        with self._lock:
            newest = self._next_id - 1
            if last_event_id is None or not self._first_id - 1 <= last_event_id <= newest:
                return Subscription(self, interest, newest, gap=True)
            gap = last_event_id < self._forgotten
            return Subscription(self, interest, last_event_id, gap)

    def _after(self, last: int, interest: Interest, deadline: float) -> Numbered | None:
        """The oldest event after ``last`` that is of interest, waiting until ``deadline``."""
        with self._lock:
            while not self.closed:
                for item in self._newer_than(last):
                    if item.event in interest:
                        return item
                last = max(last, self._next_id - 1)
                remaining = deadline - time.monotonic()
                if remaining <= 0:
                    return None
                self._sleep(interest, remaining)
            return None

    def _sleep(self, interest: Interest, seconds: float) -> None:
        """Give the lock back until something of interest is published or the time is over."""
        sleeper = threading.Condition(self._lock)
        self._sleeping[sleeper] = interest
        try:
            sleeper.wait(seconds)
        finally:
            del self._sleeping[sleeper]

    def _newer_than(self, last: int) -> list[Numbered]:
        newer: list[Numbered] = []
        for number, event in reversed(self._log.items()):
            if number <= last:
                break
            newer.append(Numbered(number, event))
        newer.reverse()
        return newer

    def wait_for_end(
        self, job_id: str, *, since: int, timeout: float, ended: Callable[[], bool]
    ) -> None:
        """Wait until the news after event ``since`` say that the job has ended, or ``timeout``.

        ``ended()`` is looked at now and then, should that news have been lost.
        """
        subscription = self.subscribe(job_id, since, "job")
        deadline = time.monotonic() + timeout
        if subscription.gap and ended():
            return
        while not self.closed and (left := deadline - time.monotonic()) > 0:
            news = subscription.next(min(LOOK_SECONDS, left))
            if news is not None:
                if JobState(news.event.data["state"]).is_final:
                    return
            elif time.monotonic() < deadline and ended():
                return

    def close(self) -> None:
        """Let every listener go."""
        with self._lock:
            self.closed = True
            for sleeper in self._sleeping:
                sleeper.notify()


def _pictured(preview: Event) -> tuple[str | None, int | None]:
    return preview.job_id, preview.data.get("image_index")
