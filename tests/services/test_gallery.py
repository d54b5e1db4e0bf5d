"""The gallery, with a stand-in for the archive on this machine."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from skinapp.errors import DataError, ImageError
from skinapp.imaging.encoding import encode_jpeg
from skinapp.imaging.synthetic import draw_lesion
from skinapp.services import gallery
from tests.web_server import web_server

JPEG = encode_jpeg(draw_lesion(2, 120, 160)[0])


class Archive:
    """What the stand-in answers; ``rows`` and ``photograph`` are changed by tests."""

    def __init__(self):
        self.rows = [row(number) for number in range(20)]
        self.photograph = JPEG
        self.queries = []


def row(number: int, licence: str = "CC-0", size: int = len(JPEG)) -> dict:
    return {
        "isic_id": f"ISIC_{number:07}",
        "copyright_license": licence,
        "attribution": "Clinic of Somewhere",
        "files": {"full": {"url": f"BASE/photographs/{number}.jpg", "size": size}},
    }


@pytest.fixture
def archive():
    state = Archive()

    def answer(path: str, own: str) -> bytes:
        if not path.startswith("/api/"):
            return state.photograph
        state.queries.append(parse_qs(urlsplit(path).query))
        return json.dumps({"results": state.rows}).replace("BASE", own).encode()

    with web_server(answer) as state.url:
        yield state


def test_six_drawn_lesions_are_marked_synthetic():
    examples = gallery.synthetic_examples()
    assert len(examples) == 6
    assert all(example.is_synthetic and "Synthetic" in example.credit for example in examples)
    assert len({example.data for example in examples}) == 6


def test_a_dozen_photographs_are_fetched_with_their_credit(archive, tmp_path):
    counted = []
    folder = tmp_path / "cache" / "gallery"
    examples = gallery.fetch_archive_examples(folder, archive.url, lambda *done: counted.append(done))
    assert len(examples) == 12
    assert examples[0].credit == "Clinic of Somewhere, ISIC Archive, CC-0"
    assert examples[0].data == JPEG
    assert counted[-1] == (12, 12)
    assert "copyright_license:CC-0" in archive.queries[0]["query"][0]
    assert gallery.archive_examples(folder) == examples
    assert [path.name for path in folder.parent.iterdir()] == ["gallery"]


def test_nothing_is_fetched_unasked(tmp_path):
    assert gallery.archive_examples(tmp_path / "gallery") == ()


def test_other_licences_and_large_files_are_left_out(archive, tmp_path):
    archive.rows = [row(1, "CC-BY-NC"), row(2, size=gallery.MAX_BYTES + 1), row(3)]
    examples = gallery.fetch_archive_examples(tmp_path / "gallery", archive.url)
    assert [example.caption for example in examples] == ["ISIC_0000003"]


@pytest.mark.parametrize("rows", [[], "nonsense", [{"isic_id": "x"}], [row(1) | {"isic_id": "../../x"}]])
def test_an_answer_of_another_kind_is_said_plainly(archive, tmp_path, rows):
    archive.rows = rows
    with pytest.raises(DataError) as caught:
        gallery.fetch_archive_examples(tmp_path / "gallery", archive.url)
    assert "drawn examples" in caught.value.hint
    assert list(tmp_path.iterdir()) == []


def test_a_file_larger_than_announced_is_refused(archive, tmp_path, monkeypatch):
    monkeypatch.setattr(gallery, "MAX_BYTES", len(JPEG))
    archive.photograph = JPEG + b"\0"
    with pytest.raises(DataError):
        gallery.fetch_archive_examples(tmp_path / "gallery", archive.url)


def test_a_failure_half_way_leaves_nothing_behind(archive, tmp_path):
    archive.photograph = b"not a photograph"
    with pytest.raises(ImageError):
        gallery.fetch_archive_examples(tmp_path / "gallery", archive.url)
    assert list(tmp_path.iterdir()) == []


def test_without_internet_the_hint_says_what_to_do(tmp_path):
    with pytest.raises(DataError) as caught:
        gallery.fetch_archive_examples(tmp_path / "gallery", "http://127.0.0.1:9")
    assert "cannot be reached" in caught.value.message
    assert "internet connection" in caught.value.hint


def test_only_web_addresses_are_opened(archive, tmp_path):
    archive.rows = [row(1) | {"files": {"full": {"url": "file:///etc/hostname", "size": 1}}}]
    with pytest.raises(DataError):
        gallery.fetch_archive_examples(tmp_path / "gallery", archive.url)
