"""The event log: order, resume, gaps, and waiting without missing anything."""

import threading
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tastemaker.domain import Event
from tastemaker.jobs.events import EventBroker


def drain(subscription):
    found = []
    while (item := subscription.next(timeout=0)) is not None:
        found.append(item)
    return found


def test_events_arrive_in_order_with_growing_ids():
    broker = EventBroker()
    listener = broker.subscribe()
    for step in range(5):
        broker.publish(Event("progress", {"step": step}, "a"))
    items = drain(listener)
    assert [i.event.data["step"] for i in items] == list(range(5))
    assert [i.id for i in items] == sorted({i.id for i in items})


def test_a_job_stream_hears_only_its_job():
    broker = EventBroker()
    listener = broker.subscribe("a")
    broker.publish(Event("progress", {"step": 1}, "b"))
    broker.publish(Event("progress", {"step": 2}, "a"))
    assert [i.event.data["step"] for i in drain(listener)] == [2]


def test_a_listener_of_one_type_hears_no_other():
    broker = EventBroker()
    listener = broker.subscribe("a", event_type="job")
    broker.publish(Event("progress", {"step": 1}, "a"))
    broker.publish(Event("job", {"state": "running"}, "b"))
    broker.publish(Event("job", {"state": "running"}, "a"))
    assert [(i.event.type, i.event.job_id) for i in drain(listener)] == [("job", "a")]


def test_sleepers_wake_for_what_they_want_and_for_nothing_else():
    broker = EventBroker()
    heard: dict[str | None, list[str | None]] = {"a": [], "b": [], None: []}

    def listen(job_id: str | None) -> None:
        listener = broker.subscribe(job_id, last_event_id=start)
        while (item := listener.next(timeout=30)) is not None:
            heard[job_id].append(item.event.job_id)
            if item.event.data["n"] == 19:
                return

    start = broker.last_id
    threads = [threading.Thread(target=listen, args=(job,)) for job in heard]
    for thread in threads:
        thread.start()
    for n in range(20):
        broker.publish(Event("progress", {"n": n}, "a"))
        broker.publish(Event("progress", {"n": n}, "b"))
    for thread in threads:
        thread.join(30)
    assert heard == {"a": ["a"] * 20, "b": ["b"] * 20, None: ["a", "b"] * 19 + ["a"]}


def test_resume_gets_exactly_what_was_missed():
    broker = EventBroker()
    ids = [broker.publish(Event("job", {"n": n}, "a")).id for n in range(6)]
    resumed = broker.subscribe(last_event_id=ids[2])
    assert not resumed.gap
    assert [i.event.data["n"] for i in drain(resumed)] == [3, 4, 5]


def test_a_fresh_listener_or_an_unknown_id_is_told_of_the_gap():
    broker = EventBroker()
    broker.publish(Event("job", {}, "a"))
    assert broker.subscribe().gap
    assert broker.subscribe(last_event_id=17).gap
    assert broker.subscribe(last_event_id=broker.last_id + 1000).gap


def test_what_fell_out_of_the_log_is_a_gap():
    broker = EventBroker(history=3)
    first = broker.publish(Event("job", {}, "a")).id
    for _ in range(5):
        broker.publish(Event("job", {}, "a"))
    assert broker.subscribe(last_event_id=first).gap


def test_ids_go_on_growing_over_a_restart():
    before = EventBroker()
    old = before.publish(Event("job", {}, "a")).id
    assert EventBroker().publish(Event("job", {}, "a")).id >= old


def test_only_the_newest_preview_of_a_picture_is_kept():
    broker = EventBroker()
    start = broker.last_id
    for step in range(50):
        broker.publish(Event("preview", {"image_index": 0, "step": step}, "a"))
    broker.publish(Event("preview", {"image_index": 1, "step": 0}, "a"))
    kept = drain(broker.subscribe(last_event_id=start))
    assert [(i.event.data["image_index"], i.event.data["step"]) for i in kept] == [(0, 49), (1, 0)]


def never() -> bool:
    return False


def wait(broker: EventBroker, since: int, looks: Callable[[], bool] = never) -> float:
    """Wait for the end of job a; the seconds that it took."""
    start = time.monotonic()
    broker.wait_for_end("a", since=since, timeout=30, ended=looks)
    return time.monotonic() - start


def test_waiting_ends_with_the_news_of_the_end():
    broker = EventBroker()
    end = Event("job", {"state": "succeeded"}, "a")
    threading.Timer(0.05, broker.publish, [end]).start()
    assert wait(broker, broker.last_id) < 20


def test_waiting_hears_of_an_end_before_it_began():
    broker = EventBroker()
    since = broker.last_id
    broker.publish(Event("job", {"state": "failed"}, "a"))
    assert wait(broker, since) < 20


def test_waiting_sleeps_through_steps_and_other_jobs():
    broker = EventBroker()
    since = broker.last_id
    for state, job in (("running", "a"), ("succeeded", "b")):
        broker.publish(Event("job", {"state": state}, job))
    broker.publish(Event("progress", {"step": 1}, "a"))
    start = time.monotonic()
    broker.wait_for_end("a", since=since, timeout=0.2, ended=lambda: pytest.fail("looked"))
    assert time.monotonic() - start >= 0.2


def test_waiting_looks_for_itself_when_news_were_lost(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("tastemaker.jobs.events.LOOK_SECONDS", 0.01)
    broker = EventBroker(history=1)
    since = broker.last_id
    looks: list[int] = []

    def ended() -> bool:
        looks.append(len(looks))
        return len(looks) == 3

    broker.publish(Event("job", {"state": "succeeded"}, "a"))
    broker.publish(Event("progress", {"step": 1}, "b"))
    assert wait(broker, since, ended) < 20
    assert len(looks) == 3


def test_what_was_forgotten_of_previews_and_of_the_oldest_is_forgotten_once():
    broker = EventBroker(history=3)
    start = broker.last_id
    for index in range(5):
        broker.publish(Event("preview", {"image_index": index}, "a"))
    broker.publish(Event("preview", {"image_index": 0}, "a"))
    broker.publish(Event("preview", {"image_index": 4}, "a"))
    kept = drain(broker.subscribe(last_event_id=broker.last_id - 3))
    assert [item.event.data["image_index"] for item in kept] == [0, 4]
    assert broker.subscribe(last_event_id=start).gap


def test_closing_lets_every_listener_go():
    broker = EventBroker()
    listener = broker.subscribe()
    threading.Timer(0.05, broker.close).start()
    assert listener.next(timeout=30) is None
    assert list(broker.subscribe()) == []


@given(st.lists(st.sampled_from(["a", "b", "c"]), max_size=60), st.integers(0, 60))
def test_resuming_anywhere_misses_and_repeats_nothing(jobs, cut):
    broker = EventBroker()
    before = broker.last_id
    items = [broker.publish(Event("job", {"n": n}, job)) for n, job in enumerate(jobs)]
    last = items[min(cut, len(items)) - 1].id if items and cut else before
    resumed = drain(broker.subscribe(last_event_id=last))
    assert [i.event.data["n"] for i in resumed] == list(range(len(jobs)))[cut:]
