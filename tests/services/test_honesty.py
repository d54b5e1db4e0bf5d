from dataclasses import replace

import numpy as np
import pytest

from skinapp.imaging.degrade import clean_downsampling
from skinapp.imaging.enlarging import BICUBIC, enlarge_bicubic, enlarge_pixels
from skinapp.imaging.synthetic import draw_lesion
from skinapp.labels import HAM7_CODES
from skinapp.results import ModelUse, Prediction
from skinapp.services.enhance import compare_methods
from skinapp.services.enlarging_figures import PAPER, measured
from skinapp.services.honesty import changed_part, consistency, invented_detail, prediction_change, scores

IMAGE, MASK = draw_lesion(2, 148, 200)
USE = ModelUse("stub", "0" * 64, "nowhere", 0.0)


def prediction(**probs):
    row = np.array([probs.get(code, 0.0) for code in HAM7_CODES], np.float32)
    return Prediction(HAM7_CODES, row, np.zeros((7, 2, 2), np.float32), USE)


def test_the_truth_comes_back_to_its_input():
    known = consistency(IMAGE, clean_downsampling(IMAGE))
    assert known.rms == 0 and known.is_consistent
    assert known.residual.shape == (37, 50) and not known.residual.any()


def test_a_shift_of_three_levels_is_marked():
    flat = np.full((20, 30, 3), 100, np.uint8)
    known = consistency(enlarge_pixels(flat) + np.uint8(3), flat)
    assert known.rms == pytest.approx(3) and (known.residual == 3).all()
    assert not known.is_consistent


def test_a_drawn_patch_shows_where_it_is():
    small = clean_downsampling(IMAGE)
    enlarged = enlarge_bicubic(small)
    enlarged[40:80, 80:120] = 0
    residual = consistency(enlarged, small).residual
    assert residual[11:19, 21:29].min() > 20 > residual[:8].max()
    with pytest.raises(ValueError, match="4 times"):
        consistency(enlarged[:-4], small)


def test_surroundings_that_agree_do_not_dilute_the_figure():
    flat = np.full((20, 30, 3), 100, np.uint8)
    lesion = np.zeros((20, 30), bool)
    lesion[5:10, 5:15] = True
    enlarged = enlarge_pixels(flat)
    enlarged[enlarge_pixels(lesion)] += np.uint8(6)
    assert consistency(enlarged, flat).is_consistent
    inside = consistency(enlarged, flat, within=lesion)
    assert inside.rms == pytest.approx(5.5, abs=0.5) and not inside.is_consistent


def test_the_changed_part_is_the_lesion_of_one_method_alone():
    methods = compare_methods(IMAGE[:64, :80], MASK[:64, :80], BICUBIC)
    assert changed_part(methods, "segment_enlarger") is methods.mask
    assert changed_part(methods, "enlarger") is None
    assert changed_part(replace(methods, mask=methods.mask & False), "segment_enlarger") is None


def test_invented_detail_by_hand():
    bicubic = np.full((2, 2, 3), 100, np.uint8)
    enlarged = bicubic.copy()
    enlarged[0, 0] = 103, 97, 100
    assert invented_detail(enlarged, bicubic).tolist() == [[2, 0], [0, 0]]


def test_another_class_or_a_shift_is_announced():
    before = prediction(nv=0.6, mel=0.3, bkl=0.1)
    same = prediction_change(before, prediction(nv=0.6, mel=0.38, bkl=0.02))
    assert not same.is_announced and same.suspicious_shift == pytest.approx(0.08)
    shifted = prediction_change(before, prediction(nv=0.55, mel=0.41, bkl=0.04))
    assert shifted.is_announced and shifted.before_code == shifted.after_code == "nv"
    renamed = prediction_change(before, prediction(nv=0.3, mel=0.3, bkl=0.4))
    assert renamed.is_announced and renamed.after_code == "bkl"


def test_scores_against_the_truth():
    small = clean_downsampling(IMAGE)
    methods = compare_methods(small, small[..., 0] > 300, BICUBIC)
    known = scores(methods, IMAGE)
    assert set(known) == set(PAPER)
    assert known["bicubic"] == known["enlarger"] and "lpips" not in known["bicubic"]
    told = scores(methods, IMAGE, {"lpips": lambda image, truth: float((image != truth).mean())})
    assert told["bicubic"]["lpips"] == (methods.bicubic != IMAGE).mean()
    assert 25 < known["bicubic"]["psnr"] < 50 and 0.5 < known["bicubic"]["ssim"] < 1


def test_figures_that_are_missing_are_not_made_up():
    assert measured({}, "clean") == (None, {})
    row = {"psnr": 30.0, "ssim": 0.9, "lpips": None}
    record = {"figures": {"clean": {"n": 7, "bicubic": row}}}
    assert measured(record, "clean") == (7, {"bicubic": row})
    assert measured(record, "degraded") == (None, {})
