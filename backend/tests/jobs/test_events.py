"""The event log: order, resume, gaps, and waiting without missing anything."""

import threading

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


def test_waiting_ends_when_the_thing_is_done():
    broker = EventBroker()
    done = threading.Event()

    def finish():
        done.set()
        broker.publish(Event("job", {"state": "succeeded"}, "a"))

    threading.Timer(0.05, finish).start()
    assert broker.wait_until(done.is_set, job_id="a", timeout=10)


def test_waiting_looks_at_changes_of_state_and_not_at_every_step():
    broker = EventBroker()
    looks: list[int] = []
    for step in range(50):
        broker.publish(Event("progress", {"step": step}, "a"))

    def done() -> bool:
        looks.append(len(looks))
        if len(looks) == 1:
            for step in range(50):
                broker.publish(Event("progress", {"step": step}, "a"))
            broker.publish(Event("job", {"state": "succeeded"}, "b"))
            broker.publish(Event("job", {"state": "succeeded"}, "a"))
        return len(looks) == 2

    assert broker.wait_until(done, job_id="a", timeout=10)
    assert len(looks) == 2


def test_waiting_gives_up_at_its_timeout():
    assert not EventBroker().wait_until(lambda: False, job_id="a", timeout=0.01)


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
