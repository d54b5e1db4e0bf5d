"""Items made once and shared."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest

from skinapp.engine.shelf import Shelf


def test_threads_that_ask_for_the_same_item_share_one():
    made, ready = [], Barrier(8)

    def make(name):
        made.append(name)
        return object()

    shelf = Shelf(make, limit=2)

    def ask(_index):
        ready.wait()
        return shelf.take("a")

    with ThreadPoolExecutor(8) as pool:
        items = set(pool.map(ask, range(8)))
    assert made == ["a"]
    assert len(items) == 1


def test_making_one_item_does_not_hold_up_another():
    b_is_made = Event()

    def make(name):
        if name == "a":
            assert b_is_made.wait(timeout=10)
        else:
            b_is_made.set()
        return name

    shelf = Shelf(make, limit=2)
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(shelf.take, ["a", "b"])) == ["a", "b"]


def test_the_bound_holds_and_the_longest_unused_goes():
    shelf = Shelf(str.upper, limit=2)
    for name in ("a", "b", "a", "c"):
        shelf.take(name)
    assert shelf.names() == ("a", "c")


def test_a_failure_is_not_kept():
    answers = [RuntimeError("first time"), "item"]

    def make(name):
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    shelf = Shelf(make, limit=1)
    with pytest.raises(RuntimeError, match="first time"):
        shelf.take("a")
    assert shelf.take("a") == "item"


def test_limit_must_be_positive():
    with pytest.raises(ValueError, match="0"):
        Shelf(str, limit=0)
