import numpy as np

from skinapp.services.scoring.slices import BY_NUMBER, class_parts, worst
from skinapp.services.scoring.tables import as_table, read_table, seed_tables, write_table


def test_bins_hold_each_photograph_once_and_leave_the_unmeasured_out():
    table = as_table({"hair": value} for value in (0.0, 0.04, 0.05, 0.2, None))
    hair = next(slicing for slicing in BY_NUMBER if slicing.key == "hair")
    assert [(name, len(part)) for name, part in hair.parts(table)] == [
        ("little hair", 2),
        ("some hair", 1),
        ("much hair", 1),
    ]
    assert BY_NUMBER[0].parts(as_table([{"iou": 0.5}])) == []


def test_classes_in_their_order():
    table = as_table({"dx": code} for code in ("nv", "mel", "nv"))
    assert [(name, len(part)) for name, part in class_parts(table)] == [
        ("Melanoma", 1),
        ("Melanocytic nevus", 2),
    ]


def test_the_worst_tenth_is_sorted():
    assert worst(np.array([0.5, 0.1, 0.9] + [1.0] * 17)).tolist() == [1, 0]
    assert worst(np.array([0.3])).tolist() == [0]


def test_tables_come_back_as_they_were_written(tmp_path):
    rows = [{"image_id": "A", "iou": 0.5, "ita": float("nan")}, {"image_id": "B", "iou": 0.25, "dx": "mel"}]
    path = tmp_path / "made" / "for it" / "t.csv"
    write_table(path, rows)
    table = read_table(path)
    assert table.numbers("iou").tolist() == [0.5, 0.25]
    assert np.isnan(table.numbers("ita")).all() and table.words("dx").tolist() == ["", "mel"]
    assert not read_table(tmp_path / "none.csv").has("iou")


def test_seeds_are_found_by_their_names(tmp_path):
    for name in ("unet.seed1", "unet.seed12", "unet-attention.seed1"):
        write_table(tmp_path / "seeds" / f"{name}.test.csv", [{"image_id": "A"}])
    assert sorted(seed_tables("unet", tmp_path)) == [1, 12]
    assert sorted(seed_tables("unet-attention", tmp_path)) == [1]
    assert seed_tables("deeplabv3", tmp_path) == {}
