import cv2
import numpy as np
import pytest

from skinapp.imaging.overlay import (
    OUTLINE_COLOUR,
    borders_of,
    colour_bar,
    draw_outline,
    fill_mask,
    overlay_attribution,
    overlay_heatmap,
)

IMAGE = np.full((200, 300, 3), (190, 150, 130), np.uint8)
MASK = np.zeros((200, 300), bool)
MASK[60:140, 100:220] = True


def test_outline_is_bright_with_dark_edges_and_leaves_the_rest():
    drawn = draw_outline(IMAGE, MASK)
    row = drawn[100, 90:110].astype(int)
    bright = np.flatnonzero(np.abs(row - OUTLINE_COLOUR).max(axis=1) < 30)
    assert bright.size >= 1
    assert row[bright[0] - 1].sum() < 300 and row[bright[-1] + 1].sum() < 300
    assert np.array_equal(drawn[100, 130:190], IMAGE[100, 130:190])
    assert np.array_equal(drawn[:40], IMAGE[:40])
    assert (IMAGE == (190, 150, 130)).all()  # the original is untouched


def test_outline_of_an_empty_mask_changes_nothing():
    assert np.array_equal(draw_outline(IMAGE, np.zeros_like(MASK)), IMAGE)


def test_fill():
    filled = fill_mask(IMAGE, MASK, 0.5, colour=(0, 0, 255))
    assert np.array_equal(filled[~MASK], IMAGE[~MASK])
    assert np.abs(filled[MASK].astype(int) - (95, 75, 192)).max() <= 1
    assert np.array_equal(fill_mask(IMAGE, MASK, 0.0), IMAGE)
    assert (fill_mask(IMAGE, MASK, 1.0, colour=(9, 8, 7))[MASK] == (9, 8, 7)).all()


def test_heat_is_scaled_by_the_given_maximum():
    heat = np.zeros((20, 30), np.float32)
    heat[:, 15:] = 0.1
    weak = overlay_heatmap(IMAGE, heat, vmax=1.0, opacity=0.6).astype(int)
    strong = overlay_heatmap(IMAGE, heat, vmax=0.1, opacity=0.6).astype(int)
    assert np.abs(weak[:, 200:] - IMAGE[:, 200:]).max() <= 12
    assert np.abs(strong[:, 200:] - IMAGE[:, 200:]).max() > 40
    assert np.array_equal(weak[:, :100], IMAGE[:, :100])


def test_full_heat_at_full_opacity_is_the_top_of_the_bar():
    top = colour_bar(256, 10)[0, 0]
    covered = overlay_heatmap(IMAGE, np.full((4, 4), 3.0), vmax=2.0, opacity=1.0)
    assert (covered == top).all()


def test_a_quarter_of_full_heat_is_drawn_as_half_the_scale():
    middle = colour_bar(257, 1)[128, 0].astype(float)
    image = np.full((8, 8, 3), 200, np.uint8)
    drawn = overlay_attribution(image, np.full((4, 4), 0.25, np.float32), opacity=0.6)
    assert np.abs(drawn - (0.7 * 200 + 0.3 * middle)).max() <= 1


def test_a_map_with_less_heat_looks_weaker():
    change = [
        np.abs(overlay_attribution(IMAGE, np.full((4, 4), heat, np.float32), 0.6) - IMAGE.astype(int)).mean()
        for heat in (0, 0.02, 0.1, 0.4)
    ]
    assert change[0] == 0 and np.all(np.diff(change) > 0)


def test_no_heat_at_all():
    assert np.array_equal(overlay_heatmap(IMAGE, np.zeros((4, 4)), vmax=0.0, opacity=1.0), IMAGE)


def test_colour_bar_brightens_towards_its_top():
    bar = colour_bar(256, 12)
    assert bar.shape == (256, 12, 3) and bar.dtype == np.uint8
    luminance = bar[:, 0] @ np.array([0.2126, 0.7152, 0.0722])
    assert (np.diff(luminance) <= 0.5).all()
    assert np.array_equal(colour_bar(12, 256)[0], bar[::-1, 0])


def test_wrong_arguments():
    with pytest.raises(ValueError, match="mask"):
        draw_outline(IMAGE, MASK.astype(np.uint8))
    with pytest.raises(ValueError, match="mask"):
        fill_mask(IMAGE, MASK[:5], 0.5)
    with pytest.raises(ValueError, match="opacity"):
        fill_mask(IMAGE, MASK, 50)
    with pytest.raises(ValueError, match="vmax"):
        overlay_heatmap(IMAGE, np.zeros((4, 4)), vmax=-1, opacity=0.5)


def test_borders_are_fractions_that_follow_the_mask():
    rows, columns = np.mgrid[:240, :320]
    mask = (rows - 120) ** 2 + (columns - 150) ** 2 <= 80**2
    (border,) = borders_of(mask)
    assert len(border) < 150
    distances = np.hypot(*(border[:, 0] * (320, 240) - 0.5 - (150, 120)).T)
    assert np.abs(distances - 80).max() < 1
    polygon = np.rint(border * np.float32((320, 240)) - 0.5).astype(np.int32)
    filled = cv2.fillPoly(np.zeros(mask.shape, np.uint8), [polygon], 1).astype(bool)
    assert (filled & mask).sum() / (filled | mask).sum() > 0.98
    (larger,) = borders_of(np.repeat(np.repeat(mask, 3, 0), 3, 1))
    assert np.allclose(larger.mean(axis=0), border.mean(axis=0), atol=0.01)
