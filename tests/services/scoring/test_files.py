"""Hostile and broken archives."""

import io
import stat
import zipfile

import pytest

from skinapp.errors import DataError
from skinapp.services.scoring import files
from skinapp.services.scoring.files import folder_files, zip_files


def packed(*entries, compression=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return out.getvalue()


def test_a_zip_gives_the_bytes_of_its_files_and_no_folders():
    given = zip_files(packed(("masks/", b""), ("masks/a.png", b"one"), ("b.png", b"two")))
    assert {name: read() for name, read in given.items()} == {"masks/a.png": b"one", "b.png": b"two"}


@pytest.mark.parametrize("name", ["../a.png", "masks/../../a.png", "/etc/a.png", "C:/a.png", "..\\a.png"])
def test_paths_that_leave_the_folder_are_refused(name):
    with pytest.raises(DataError, match="leaves its folder"):
        zip_files(packed((name, b"x")))


def test_links_are_refused():
    link = zipfile.ZipInfo("a.png")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with pytest.raises(DataError, match="leaves its folder"):
        zip_files(packed((link, b"/etc/passwd")))


def test_bombs_are_refused_before_anything_is_unpacked(monkeypatch):
    monkeypatch.setattr(files, "MAX_BYTES", 1_000_000)
    monkeypatch.setattr(files, "MAX_TOTAL_BYTES", 1_500_000)
    with pytest.raises(DataError, match="larger than"):
        zip_files(packed(("a.png", bytes(1_000_001))))
    with pytest.raises(DataError, match="more than"):
        zip_files(packed(*((f"{k}.png", bytes(600_000)) for k in range(3))))
    monkeypatch.setattr(files, "MAX_FILES", 2)
    with pytest.raises(DataError, match="holds 3 files"):
        zip_files(packed(*((f"{k}.png", b"x") for k in range(3))))


def test_a_file_that_says_less_than_it_holds_gives_an_error():
    data = packed(("a.png", bytes(5000)))
    lying = data.replace((5000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    with pytest.raises(DataError, match="damaged"):
        zip_files(lying)["a.png"]()


def test_what_is_no_zip_or_damaged_is_said():
    with pytest.raises(DataError, match="not a zip"):
        zip_files(b"no zip at all")
    data = bytearray(packed(("a.png", b"abcdefgh" * 40), compression=zipfile.ZIP_STORED))
    data[60] ^= 0xFF
    with pytest.raises(DataError, match=r"'a.png' in the zip is damaged"):
        zip_files(bytes(data))["a.png"]()


def test_a_damaged_lzma_entry_and_a_name_that_is_no_text_are_said():
    data = bytearray(packed(("a.png", bytes(range(256)) * 40), compression=zipfile.ZIP_LZMA))
    data[50:60] = b"\xff" * 10
    with pytest.raises(DataError, match="damaged"):
        zip_files(bytes(data))["a.png"]()
    named = packed(("\u00e4.png", b"x")).replace("\u00e4".encode(), b"\xff\xfe")
    with pytest.raises(DataError, match="not a zip"):
        zip_files(named)


def test_a_folder_is_read_with_its_subfolders(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.png").write_bytes(b"one")
    assert {name: read() for name, read in folder_files(tmp_path).items()} == {"sub/a.png": b"one"}
    with pytest.raises(DataError, match="does not exist"):
        folder_files(tmp_path / "nowhere")
