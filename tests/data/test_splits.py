import csv
import hashlib
import json

import numpy as np
import pytest

from skinapp.data.ham10000 import ham10000_samples
from skinapp.data.isic2018 import full_frame_samples, task1_samples
from skinapp.data.labelme import labelme_mask, labelme_samples
from skinapp.data.pixels import read_image, read_mask
from skinapp.data.splits import SHARES, draw_splits, read_splits
from skinapp.errors import DataError
from skinapp.labels import HAM7_CODES
from skinapp.settings import settings

NEEDS_DATA = pytest.mark.skipif(
    not (settings().data_dir / "ham10000").is_dir(), reason="the published data sets are not on this machine"
)


@pytest.mark.parametrize("scheme", SHARES)
def test_lesions_never_cross_a_drawn_split_and_shares_hold(scheme):
    random = np.random.default_rng(0)
    groups = {f"image{index}": f"lesion{random.integers(300)}" for index in range(1000)}
    split = draw_splits(groups, SHARES[scheme])
    sides = {}
    for key, group in groups.items():
        sides.setdefault(group, set()).add(split[key])
    assert all(len(side) == 1 for side in sides.values())
    for side, share in zip(("train", "val", "test"), SHARES[scheme], strict=True):
        assert sum(value == side for value in split.values()) / 1000 == pytest.approx(share, abs=0.02)


def test_draw_follows_the_order_of_hashes_within_each_stratum():
    groups = {name: name for name in "abcdefghij"}
    strata = {name: "first" if name < "f" else "second" for name in groups}
    split = draw_splits(groups, (0.6, 0.2, 0.2), strata)
    for names in ("abcde", "fghij"):
        by_hash = sorted(names, key=lambda name: hashlib.sha256(name.encode()).hexdigest())
        assert [split[name] for name in by_hash] == ["train", "train", "train", "val", "test"]


def test_shares_must_sum_to_one():
    with pytest.raises(ValueError, match="sum to 1"):
        draw_splits({"a": "a"}, (0.5, 0.1, 0.1))


def test_split_file_is_read_and_its_faults_are_named(tmp_path):
    path = tmp_path / "splits.csv"
    with pytest.raises(DataError, match="does not exist"):
        read_splits(path)
    path.write_text("image_id,split\na,train\nb,test\n")
    assert read_splits(path) == {"a": "train", "b": "test"}
    path.write_text("image_id,split\na,holdout\n")
    with pytest.raises(DataError, match="holdout"):
        read_splits(path)


def test_labelme_polygons_become_the_union_mask(tmp_path):
    path = tmp_path / "lesion.json"
    square = [[2, 2], [5, 2], [5, 5], [2, 5]]
    triangle = [[7, 7], [9, 7], [9, 9]]
    shapes = [{"shape_type": "polygon", "points": points} for points in (square, triangle)]
    path.write_text(json.dumps({"imageHeight": 10, "imageWidth": 12, "shapes": shapes}))
    mask = labelme_mask(path)
    expected = np.zeros((10, 12), bool)
    expected[2:6, 2:6] = True
    expected[7, 7:10] = expected[8, 8:10] = expected[9, 9] = True
    assert np.array_equal(mask, expected)
    assert np.array_equal(read_mask(path), expected)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("no json", "not a LabelMe annotation"),
        ('{"shapes": []}', "not a LabelMe annotation"),
        (
            '{"imageHeight": 4, "imageWidth": 4, "shapes": [{"shape_type": "circle", "points": []}]}',
            "not a polygon",
        ),
        ('{"imageHeight": 4, "imageWidth": 4, "shapes": [{"points": [[0, 0], [1, 1]]}]}', "not a polygon"),
    ],
)
def test_bad_annotations_are_named(tmp_path, text, message):
    path = tmp_path / "bad.json"
    path.write_text(text)
    with pytest.raises(DataError, match=message):
        labelme_mask(path)


def test_labelme_folder_is_split_and_an_unannotated_one_refused(tmp_path):
    with pytest.raises(DataError, match="no annotated photograph"):
        labelme_samples(tmp_path, "train")
    for index in range(10):
        (tmp_path / f"{index}.png").write_bytes(b"")
        (tmp_path / f"{index}.json").write_text("{}")
    sides = [{sample.key for sample in labelme_samples(tmp_path, side)} for side in ("train", "val")]
    assert len(sides[0]) == 8
    assert sides[0] | sides[1] == {str(index) for index in range(10)}


def test_missing_folder_and_broken_image_give_a_hint(tmp_path):
    with pytest.raises(DataError, match="does not exist"):
        task1_samples(tmp_path, "train")
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"nothing")
    with pytest.raises(DataError, match="no image"):
        read_image(broken)


@NEEDS_DATA
def test_published_splits_have_the_published_sizes():
    data_dir = settings().data_dir
    sizes = [len(ham10000_samples(data_dir, side)) for side in ("train", "val", "test")]
    assert sizes == [7015, 1504, 1496]
    assert [len(task1_samples(data_dir, side)) for side in ("train", "val", "test")] == [1816, 389, 389]
    crops = {sample.key for sample in task1_samples(data_dir, "test")}
    frames = {sample.key for sample in full_frame_samples(data_dir, "test")}
    assert frames
    assert frames <= crops


@NEEDS_DATA
def test_no_lesion_of_ham10000_crosses_and_classes_match_the_metadata():
    data_dir = settings().data_dir
    for scheme in ("splits.csv", "70/15/15", "80/20"):
        lesions = [
            {sample.group for sample in ham10000_samples(data_dir, side, scheme)}
            for side in ("train", "val", "test")
        ]
        assert not lesions[0] & lesions[1]
        assert not (lesions[0] | lesions[1]) & lesions[2]
    with (data_dir / "ham10000" / "HAM10000_metadata.csv").open() as file:
        truth = {row["image_id"]: row["dx"] for row in csv.DictReader(file)}
    samples = ham10000_samples(data_dir, "test")
    assert all(HAM7_CODES[sample.target] == truth[sample.key] for sample in samples)


@NEEDS_DATA
def test_the_described_draw_gives_the_published_ham10000_split():
    data_dir = settings().data_dir
    for side in ("train", "val", "test"):
        drawn = {sample.key for sample in ham10000_samples(data_dir, side, "70/15/15")}
        published = {sample.key for sample in ham10000_samples(data_dir, side)}
        assert drawn == published
