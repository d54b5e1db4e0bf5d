"""A camera's stream, on a clock that the test moves."""

import csv
import io
from dataclasses import replace

import cv2
import numpy as np
import pytest

from skinapp.errors import WeightsError
from skinapp.imaging.overlay import OUTLINE_COLOUR
from skinapp.imaging.synthetic import draw_lesion
from skinapp.labels import HAM7_CODES
from skinapp.results import Likeness, ModelUse, Outline, Prediction
from skinapp.services import stream
from skinapp.services.frame import Advice, LiveChoices
from skinapp.services.picture import GONE_S
from skinapp.services.stream import LiveStream
from skinapp.services.workers import Workers

USE = ModelUse("known", "0" * 64, "CPU", 0.0)
IMAGE, MASK = draw_lesion(27, 240, 320)
CHOICES = LiveChoices("outline", "class")
FRAME_S = 1 / 25


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


class SlowEngine:
    """Finds the lesion, and takes ``seconds`` of the clock for it."""

    def __init__(self, clock, seconds=0.0):
        self.clock, self.seconds, self.seen, self.error = clock, seconds, [], None

    def segment(self, name, image):
        if self.error:
            raise self.error
        self.seen.append(int(image[0, 0, 0]))
        self.clock.now += self.seconds
        return Outline(cv2.resize(MASK.astype(np.float32), (96, 96), interpolation=cv2.INTER_AREA), USE)

    def classify(self, name, image, explain=True, top_only=False):
        probs = np.full(7, 0.05, np.float32)
        probs[HAM7_CODES.index("nv")] = 0.7
        return Prediction(HAM7_CODES, probs, np.ones((7, 4, 4), np.float32), USE)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def workers():
    return Workers(threads=0)


@pytest.fixture
def engine(clock):
    return SlowEngine(clock)


@pytest.fixture
def live(engine, workers, clock):
    return LiveStream(engine, CHOICES, workers, clock)


def numbered(number):
    image = IMAGE.copy()
    image[0, 0] = number
    return image


def play(live, workers, clock, frames, image=IMAGE):
    """Frames at the camera's pace, each followed by a turn of the workers; the last picture."""
    for _frame in range(frames):
        picture = live.show(image)
        workers.step()
        clock.now += FRAME_S
    return picture


def has_outline(picture):
    return bool((np.abs(picture.astype(int) - OUTLINE_COLOUR).sum(axis=2) < 30).any())


def test_a_frame_comes_back_before_any_model_ran(live, engine):
    assert np.array_equal(live.show(IMAGE), IMAGE)
    assert engine.seen == []


def test_the_newest_outline_is_drawn_on_every_later_frame(live, workers):
    live.show(IMAGE)
    workers.step()
    for shade in (0, 40):
        assert has_outline(live.show(np.full_like(IMAGE, shade)))


def test_only_the_newest_frame_is_analyzed(live, workers, clock, engine):
    for number in range(8):
        live.show(numbered(number))
        clock.now += stream.PAUSE_S
    while workers.step():
        pass
    assert engine.seen == [7]


def test_analyses_of_one_stream_keep_a_pause(live, workers, clock, engine):
    play(live, workers, clock, 50)
    seconds = 50 * FRAME_S
    assert 0.6 * seconds / stream.PAUSE_S <= len(engine.seen) <= seconds / stream.PAUSE_S + 1


def test_a_stale_outline_fades_and_goes(live, workers, clock):
    live.show(IMAGE)
    workers.step()
    blank = np.full_like(IMAGE, 255)
    contrast = []
    for age in (0.1, 0.9, 1.2, GONE_S + 0.1):
        clock.now = 100.0 + age
        contrast.append(int(255 - live.show(blank).min()))
    assert contrast[0] > contrast[1] > contrast[2] > contrast[3] == 0
    assert live.state().latency_s is None
    assert live.state().is_late


def test_the_class_waits_for_half_a_second(live, workers, clock):
    play(live, workers, clock, 8)
    assert live.state().naming is None
    play(live, workers, clock, 10)
    naming = live.state().naming
    assert (naming.code, round(naming.prob, 2)) == ("nv", 0.7)
    play(live, workers, clock, 5, image=IMAGE // 8)
    assert live.state().naming is None
    assert live.state().advice is Advice.TOO_DARK


def test_rates_and_latency_are_those_of_the_clock(workers, clock):
    live = LiveStream(SlowEngine(clock, seconds=0.03), CHOICES, workers, clock)
    for _frame in range(60):
        live.show(IMAGE)
        if not workers.step():
            clock.now += 0.03
        clock.now += 0.01
    state = live.state()
    assert state.frame_rate == pytest.approx(25, abs=1)
    assert state.latency_s == pytest.approx(0.03)
    assert 8 <= state.result_rate <= 1 / stream.PAUSE_S


def test_freezing_holds_picture_and_frame(live, workers, clock):
    play(live, workers, clock, 3, image=numbered(3))
    live.freeze()
    held = live.show(numbered(9))
    assert np.array_equal(held, live.show(numbered(10)))
    assert live.frame()[0, 0, 0] == 3
    assert live.state().is_frozen
    live.resume()
    assert live.show(numbered(11))[0, 0, 0] == 11
    assert live.frame()[0, 0, 0] == 11


def test_freezing_before_the_first_frame_holds_nothing(live):
    live.freeze()
    assert not live.state().is_frozen
    assert live.frame() is None


def test_the_frame_is_kept_at_full_resolution_and_bare(live, workers, clock):
    large = cv2.resize(IMAGE, (3840, 2160))
    picture = play(live, workers, clock, 2, image=large)
    assert picture.shape == (720, 1280, 3)
    assert np.array_equal(live.frame(), large)


@pytest.mark.parametrize(
    ("shape", "sent"), [((1, 1), (16, 16)), ((641, 361), (640, 360)), ((3, 900), (16, 900))]
)
def test_odd_sizes_come_back_as_video_can_carry_them(live, workers, clock, shape, sent):
    picture = play(live, workers, clock, 3, image=cv2.resize(IMAGE, shape[::-1]))
    assert picture.shape == (*sent, 3)


def test_a_failure_is_shown_and_the_video_goes_on(live, workers, clock, engine):
    engine.error = WeightsError("The weights of 'unet' are not installed.", "Train them.")
    picture = play(live, workers, clock, 3)
    assert np.array_equal(picture, IMAGE)
    assert live.state().error is engine.error
    engine.error = None
    play(live, workers, clock, 3)
    assert live.state().error is None


def test_other_models_begin_anew_and_a_layer_does_not(live, workers, clock):
    play(live, workers, clock, 20)
    live.choose(LiveChoices("outline", "class", show_heat=True))
    assert live.state().naming is not None
    live.choose(LiveChoices("other", "class", show_heat=True))
    assert live.state().naming is None


def test_switched_off_nothing_is_analyzed_or_drawn(live, workers, clock, engine):
    play(live, workers, clock, 5)
    asked = len(engine.seen)
    live.choose(LiveChoices("outline", "class", analyze=False))
    assert np.array_equal(play(live, workers, clock, 10), IMAGE)
    assert len(engine.seen) == asked
    assert not live.state().is_analyzed


def test_heat_is_drawn_where_it_is_chosen(live, workers, clock):
    plain = play(live, workers, clock, 3)
    live.choose(LiveChoices("outline", "class", show_heat=True))
    warm = play(live, workers, clock, 3)
    assert np.abs(warm.astype(int) - plain).mean() > 5


def test_closing_gives_back_the_frame_and_leaves_the_line(live, workers, clock):
    live.show(IMAGE)
    live.close()
    assert workers.counts() == (0, 0)
    assert not workers.step()
    assert live.frame() is None
    assert live.show(IMAGE) is not None  # a last frame may still be on its way
    assert live.frame() is None  # and is not kept


def test_silence_closes_and_tells_once(engine, workers, clock):
    told = []
    live = LiveStream(engine, CHOICES, workers, clock, on_end=lambda: told.append(1))
    clock.now += 10
    workers.patrol()
    assert told == []  # a connection may take its time
    live.show(IMAGE)
    clock.now += stream.SILENT_S - 0.1
    workers.patrol()
    assert told == []
    clock.now += 0.2
    workers.patrol()
    workers.patrol()
    assert told == [1]
    assert live.state().is_closed


def test_a_visitor_who_left_is_let_go_and_one_who_came_back_is_not(engine, workers, clock):
    left, told = [False], []
    live = LiveStream(engine, CHOICES, workers, clock, is_left=lambda: left[0], on_end=lambda: told.append(1))
    for away in (True, False, True):
        left[0] = away
        live.show(IMAGE)
        clock.now += stream.LEFT_S - 0.1
        workers.patrol()
    assert told == []
    live.show(IMAGE)
    clock.now += 0.2
    workers.patrol()
    assert told == [1]


def test_the_recording_holds_numbers_and_no_pixels(live, workers, clock):
    play(live, workers, clock, 40)
    rows = list(csv.DictReader(io.StringIO(live.recording.as_csv())))
    assert len(rows) == len(live.recording)
    assert set(rows[0]) == {
        "seconds",
        "latency_s",
        "advice",
        "area_fraction",
        "sharpness",
        "shown",
        *HAM7_CODES,
    }
    assert rows[0]["shown"] == ""
    assert rows[-1]["shown"] == "nv"
    assert float(rows[-1]["nv"]) == pytest.approx(0.7, abs=1e-3)
    assert float(rows[-1]["area_fraction"]) == pytest.approx(MASK.mean(), rel=0.05)
    seconds = [float(row["seconds"]) for row in rows]
    assert seconds == sorted(seconds)


@pytest.mark.parametrize("likeness", Likeness)
def test_what_a_refused_picture_might_be_is_not_recorded(live, workers, clock, monkeypatch, likeness):
    live.choose(replace(CHOICES, gate=object()))
    monkeypatch.setattr("skinapp.services.frame.likeness_of", lambda *_: likeness)
    play(live, workers, clock, 40)
    last = list(csv.DictReader(io.StringIO(live.recording.as_csv())))[-1]
    is_refused = likeness is Likeness.NONE
    assert (last["advice"] == Advice.UNKNOWN) == is_refused
    assert (last.get("nv", "") == "") == is_refused


def test_a_recording_of_nothing_has_a_heading(live):
    assert live.recording.as_csv().startswith("seconds,")


def test_a_frozen_picture_has_its_own_outline_and_none_before(live, workers, clock, engine):
    assert has_outline(play(live, workers, clock, 20))
    live.show(numbered(9))
    live.freeze()
    assert np.array_equal(live.show(numbered(10)), numbered(9)) and live.state().naming is None
    workers.step()
    assert engine.seen[-1] == 9
    assert has_outline(live.show(numbered(10))) and live.state().naming.code == "nv"
    assert not workers.step(), "once is enough"


def test_a_late_result_of_an_earlier_frame_does_not_reach_a_frozen_picture(live, workers, clock, engine):
    plain = engine.segment

    def overtaken(name, image):
        if not live.state().is_frozen:
            clock.now += FRAME_S
            live.show(numbered(9))
            live.freeze()
        return plain(name, image)

    engine.segment = overtaken
    live.show(numbered(8))
    workers.step()
    assert engine.seen == [8] and np.array_equal(live.show(IMAGE), numbered(9))
    workers.step()
    assert engine.seen == [8, 9] and has_outline(live.show(IMAGE))


def test_another_layer_reaches_a_frozen_picture(live, workers, clock):
    play(live, workers, clock, 20)
    live.freeze()
    workers.step()
    plain = live.show(IMAGE)
    live.choose(LiveChoices("outline", "class", show_heat=True))
    workers.step()
    assert live.state().has_heat and np.abs(live.show(IMAGE).astype(int) - plain).mean() > 5


def test_a_frozen_picture_stays_as_it_is_where_nothing_is_analyzed(live, workers, clock, engine):
    live.choose(LiveChoices("outline", "class", analyze=False))
    live.show(numbered(7))
    live.freeze()
    workers.step()
    assert engine.seen == [] and np.array_equal(live.show(IMAGE), numbered(7))


def test_a_frozen_picture_keeps_its_class(live, workers, clock):
    play(live, workers, clock, 40)
    live.freeze()
    workers.step()
    clock.now += 2 * GONE_S
    assert live.state().is_frozen and live.state().naming.code == "nv"
    live.resume()
    assert live.state().naming is None


def test_another_model_takes_from_a_frozen_picture_what_the_last_one_said(live, workers, clock):
    play(live, workers, clock, 40)
    live.freeze()
    workers.step()
    assert has_outline(live.show(IMAGE)) and live.state().naming
    live.choose(LiveChoices("another", "class"))
    assert np.array_equal(live.show(numbered(3)), IMAGE) and live.state().naming is None
    workers.step()
    assert has_outline(live.show(IMAGE))


def test_a_model_that_fails_leaves_nothing_of_another_on_a_frozen_picture(live, workers, clock, engine):
    play(live, workers, clock, 40)
    live.freeze()
    engine.error = WeightsError("gone", "get it")
    live.choose(LiveChoices("outline", "another"))
    workers.step()
    assert live.state().error and live.state().naming is None
    assert np.array_equal(live.show(numbered(3)), IMAGE)
