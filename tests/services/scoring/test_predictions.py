"""Anyone's predictions: scored as the challenge does, and every file that cannot count is named."""

from functools import partial

import numpy as np
import pytest
from PIL import Image

from skinapp.errors import DataError
from skinapp.imaging.encoding import encode_png
from skinapp.labels import HAM7_CODES
from skinapp.services.scoring.predictions import (
    TrueClass,
    score_classes,
    score_masks,
    score_paths,
    true_classes,
)

HEAD = "image," + ",".join(code.upper() for code in HAM7_CODES)


def mask(left, right, side=80):
    drawn = np.zeros((side, side), bool)
    drawn[10:60, left:right] = True
    return drawn


def png(drawn):
    return encode_png(np.repeat(drawn[..., None] * np.uint8(255), 3, axis=2))


def named(masks):
    return {f"{key}_segmentation.png": partial(png, drawn) for key, drawn in masks.items()}


TRUTHS = {f"ISIC_{number:07}": mask(10, 50) for number in range(4)}


def words_of(submission):
    return {problem.name: problem.words for problem in submission.problems}


def test_complete_masks_are_scored():
    given = {key: mask(10, 40 if key.endswith("0") else 50) for key in TRUTHS}
    submission = score_masks(named(given), named(TRUTHS))
    assert submission.problems == () and submission.expected == len(submission.table) == 4
    assert submission.intervals["iou"].value == pytest.approx((0.75 + 3) / 4)
    assert submission.intervals["thresholded_jaccard"].value == pytest.approx((0.75 + 3) / 4)


def test_everything_that_cannot_count_is_named():
    given = named({"ISIC_0000000": mask(10, 50), "ISIC_0000001": mask(10, 50, side=90), "ISIC_9": mask(0, 9)})
    given |= {"ISIC_0000002_segmentation.png": lambda: b"no image", "notes.txt": lambda: b"hello"}
    submission = score_masks(given, named(TRUTHS))
    assert len(submission.table) == 1 and submission.expected == 4
    words = words_of(submission)
    assert words["ISIC_0000001_segmentation.png"] == "wrong size: 90 × 90 px, the true mask has 80 × 80"
    assert words["ISIC_0000002_segmentation.png"].startswith("unreadable: This file is not an image.")
    assert words["ISIC_0000003_segmentation.png"] == "missing"
    assert words["ISIC_9_segmentation.png"].startswith("extra")
    assert words["notes.txt"].startswith("extra")


def test_a_mask_given_twice_counts_in_neither_form():
    given = named({"ISIC_0000000": mask(10, 50), "ISIC_0000001": mask(10, 50)})
    given["again/ISIC_0000000_segmentation.png"] = given["ISIC_0000000_segmentation.png"]
    words = words_of(score_masks(given, named(TRUTHS)))
    assert words["again/ISIC_0000000_segmentation.png"] == "given more than once"


def test_nothing_usable_says_the_first_reason():
    with pytest.raises(DataError, match=r"ISIC_0000000_segmentation.png, missing"):
        score_masks({}, named(TRUTHS))
    with pytest.raises(DataError, match="no true mask"):
        score_masks(named(TRUTHS), {})


def test_classes_are_scored_with_their_lesions():
    truths = {"A": TrueClass("mel", "L1"), "B": TrueClass("nv", "L2"), "C": TrueClass("nv", "L2")}
    text = f"{HEAD}\nA,0,0,0,0,0.9,0.1,0\nB,0,0,0,0,0.2,0.8,0\nC,0,0,0,0,0.6,0.4,0\n"
    submission = score_classes(text, truths)
    assert submission.intervals["accuracy"].value == pytest.approx(2 / 3)
    assert submission.intervals["balanced_accuracy"].value == pytest.approx((1 + 0.5) / 2)
    assert submission.problems == ()


def test_rows_of_classes_that_cannot_count_are_named():
    truths = {key: TrueClass("mel") for key in "ABCDE"} | {"F": TrueClass("nv")}
    lines = (
        "A,0,0,0,0,1,0,0",
        "B,0,0,0,0,2,0,0",
        "C,0,0,0,0,x,0,0",
        "D,0,0,0,0,0,0,0",
        "F,0,0,0,0,0,1,0",
        "Z,0,0,0,0,1,0,0",
    )
    submission = score_classes("\n".join((HEAD, *lines)), truths)
    words = words_of(submission)
    assert words["B"] == words["C"] == "unreadable: a probability is not a number from 0 to 1"
    assert words["D"] == "unreadable: all probabilities are 0"
    assert words["E"] == "missing" and words["Z"].startswith("extra")
    assert len(submission.table) == 2 and submission.expected == 6


def test_a_table_without_a_class_or_without_rows_is_refused():
    with pytest.raises(DataError, match="no column 'AKIEC'"):
        score_classes("image,MEL\nA,1\n", {"A": TrueClass("mel")})
    with pytest.raises(DataError, match="not a table"):
        score_classes("", {"A": TrueClass("mel")})


def test_true_classes_of_the_challenge_and_of_ham10000():
    assert true_classes(f"{HEAD}\nA,0,0,0,0,1,0,0\n") == {"A": TrueClass("mel")}
    assert true_classes("lesion_id,image_id,dx\nL,A,bcc\n") == {"A": TrueClass("bcc", "L")}


def test_folders_and_tables_are_scored_from_their_paths(tmp_path):
    truth, given = tmp_path / "truth", tmp_path / "given"
    for folder in (truth, given):
        folder.mkdir()
        for name, read in named(TRUTHS).items():
            (folder / name).write_bytes(read())
    assert score_paths(given, truth).intervals["dice"].value == 1
    (given / "p.csv").write_text(f"{HEAD}\nA,0,0,0,0,1,0,0\nB,0,0,0,0,0,1,0\n")
    (truth / "t.csv").write_text(f"{HEAD}\nA,0,0,0,0,1,0,0\nB,0,0,0,0,0,1,0\n")
    assert score_paths(given / "p.csv", truth).intervals["accuracy"].value == 1
    with pytest.raises(DataError, match="holds 0 tables"):
        score_paths(given / "p.csv", tmp_path)


@pytest.mark.parametrize("seed", range(2))
def test_scores_agree_with_those_of_the_challenge(tmp_path, seed):
    """The published scorer of ISIC on the same folders."""
    segmentation = pytest.importorskip("isic_challenge_scoring.segmentation")
    rng = np.random.default_rng(seed)
    truths = {f"ISIC_{number:07}": mask(5, 60) ^ (rng.random((80, 80)) < 0.1) for number in range(6)}
    given = {key: mask(5, int(rng.integers(30, 70))) ^ (rng.random((80, 80)) < 0.1) for key in truths}
    for folder, masks in (("truth", truths), ("given", given)):
        (tmp_path / folder).mkdir()
        for key, drawn in masks.items():
            Image.fromarray(np.uint8(255) * drawn).save(tmp_path / folder / f"{key}_segmentation.png")
    theirs = segmentation.SegmentationScore.from_dir(tmp_path / "truth", tmp_path / "given").macro_average
    ours = score_paths(tmp_path / "given", tmp_path / "truth").intervals
    pairs = {"iou": "jaccard", "dice": "dice", "thresholded_jaccard": "threshold_jaccard"}
    pairs |= {"recall": "sensitivity", "specificity": "specificity", "pixel_accuracy": "accuracy"}
    for mine, name in pairs.items():
        assert ours[mine].value == pytest.approx(theirs[name], abs=1e-5), name


def test_a_damaged_true_mask_is_named_and_the_others_count():
    truths = named(TRUTHS)
    first = next(iter(truths))
    truths[first] = partial(lambda data: data[: len(data) // 2], png(mask(10, 50)))
    submission = score_masks(named(TRUTHS), truths)
    assert len(submission.table) == 3 and submission.intervals["iou"].value == 1
    assert words_of(submission)[first].startswith("true mask unreadable")
