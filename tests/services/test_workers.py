"""Threads shared by all streams."""

import threading
from collections import Counter
from threading import Event

import pytest

from skinapp.services.workers import THREAD_NAME, Workers


class Visitor:
    def __init__(self, workers, log, name):
        self.workers, self.log, self.name, self.over = workers, log, name, False
        workers.join(self)

    def work(self):
        self.log.append(self.name)
        self.workers.ask(self)  # always wants more, as a camera does

    def is_over(self):
        return self.over

    def expire(self):
        self.workers.leave(self)


@pytest.fixture
def workers():
    return Workers(threads=0)


def test_everyone_is_served_in_turn_however_often_they_ask(workers):
    log = []
    visitors = [Visitor(workers, log, name) for name in "abc"]
    for visitor in visitors:
        workers.ask(visitor)
    for _turn in range(30):
        workers.ask(visitors[0])  # pushy
        assert workers.step()
    assert Counter(log) == {"a": 10, "b": 10, "c": 10}


def test_nobody_waits_without_asking(workers):
    Visitor(workers, [], "a")
    assert not workers.step()


def test_who_left_is_not_served(workers):
    log = []
    visitor = Visitor(workers, log, "a")
    workers.ask(visitor)
    workers.leave(visitor)
    assert not workers.step()
    workers.ask(visitor)
    assert not workers.step()
    assert log == []


def test_streams_that_are_over_are_closed(workers):
    first, second = (Visitor(workers, [], name) for name in "ab")
    first.over = True
    workers.patrol()
    assert workers.counts()[0] == 1
    second.over = True
    workers.patrol()
    assert workers.counts()[0] == 0


def test_a_bug_in_one_frame_harms_no_other(workers, caplog):
    log = []
    bad, good = Visitor(workers, log, "bad"), Visitor(workers, log, "good")
    bad.work = lambda: 1 / 0
    for visitor in (bad, good):
        workers.ask(visitor)
    assert workers.step()
    assert workers.step()
    assert log == ["good"]
    assert "could not be analyzed" in caplog.text


def test_threads_come_with_the_first_stream_and_go_with_the_last():
    workers, served = Workers(threads=2), Event()

    class Once(Visitor):
        def work(self):
            served.set()

    visitors = [Once(workers, [], name) for name in "abcde"]
    assert workers.counts() == (5, 2)
    workers.ask(visitors[3])
    assert served.wait(10)
    for visitor in visitors:
        visitor.expire()
    for thread in threading.enumerate():
        if thread.name == THREAD_NAME:
            thread.join(10)
    assert workers.counts() == (0, 0)


def test_a_stream_that_cannot_be_closed_harms_no_other(workers, caplog):
    class Stuck(Visitor):
        def expire(self):
            raise RuntimeError("the connection is in no state to be closed")

    log = []
    stuck, other = Stuck(workers, log, "stuck"), Visitor(workers, log, "other")
    stuck.over = True
    workers.patrol()
    assert "could not be closed" in caplog.text
    assert workers.counts() == (1, 0)
    workers.ask(other)
    assert workers.step() and log == ["other"]
