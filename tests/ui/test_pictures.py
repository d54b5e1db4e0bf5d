import numpy as np

from skinapp.ui.pictures import browser_part, data_uri, outlines_of


def test_a_rectangle_becomes_a_path_through_its_corner_pixels():
    mask = np.zeros((10, 20), bool)
    mask[2:6, 3:9] = True
    outlines = outlines_of(mask)
    assert (outlines.width, outlines.height) == (20, 10)
    assert set(outlines.path.strip("MZ").split("L")) == {"3.5 2.5", "3.5 5.5", "8.5 5.5", "8.5 2.5"}


def test_without_a_lesion_the_frame_is_outlined():
    assert outlines_of(np.zeros((10, 20), bool)).path == "M0 0H20V10H0Z"


def test_parts_for_the_browser_ask_no_other_server():
    for name in ("before_after", "linked_zoom"):
        parts = browser_part(name)
        assert set(parts) == {"html", "css", "js"}
        addresses = [
            text for text in parts.values() if "http" in text.replace("http://www.w3.org/2000/svg", "")
        ]
        assert addresses == []


def test_pictures_are_addresses():
    assert data_uri(np.zeros((4, 4, 3), np.uint8)).startswith("data:image/jpeg;base64,")
