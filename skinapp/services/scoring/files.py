"""Files that someone hands in: a folder or a zip, read in memory, nothing unpacked to disk."""

import io
import lzma
import re
import stat
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

from skinapp.errors import DataError
from skinapp.i18n import format_number
from skinapp.i18n import gettext as _
from skinapp.imaging.reading import MAX_BYTES

Files = dict[str, Callable[[], bytes]]  # path inside the folder or zip -> reads its bytes

MAX_FILES = 20_000
MAX_TOTAL_BYTES = 500 * 1024 * 1024  # unpacked
_DAMAGE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, ValueError)
_DAMAGE += (NotImplementedError, RuntimeError, OSError)


def folder_files(folder: Path) -> Files:
    """All files under a folder; `DataError` where there is no such folder."""
    if not folder.is_dir():
        raise DataError(
            _("The folder '{path}' does not exist.").format(path=folder), _("Check how its path is written.")
        )
    return {
        path.relative_to(folder).as_posix(): path.read_bytes
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def zip_files(data: bytes) -> Files:
    """The files in a zip. Nothing is unpacked to disk, and each file only when it is asked for.

    `DataError` for what is no zip, is encrypted, holds a link or a path that leaves the folder, holds more
    than `MAX_FILES` files, or says that it grows over `MAX_TOTAL_BYTES`; no file gives more than it says.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except _DAMAGE:
        raise DataError(_("This file is not a zip."), _("Pack the masks into one zip file.")) from None
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    _check_sizes(entries)
    for entry in entries:
        _check_entry(entry)
    return {entry.filename: _reader(archive, entry) for entry in entries}


def _reader(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Callable[[], bytes]:
    def read() -> bytes:
        try:
            return archive.read(entry)
        except _DAMAGE:
            raise DataError(
                _("'{name}' in the zip is damaged.").format(name=entry.filename), _("Pack the zip again.")
            ) from None

    return read


def _check_sizes(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_FILES:
        raise DataError(
            _("The zip holds {count} files, more than {limit}.").format(
                count=format_number(len(entries), 0), limit=format_number(MAX_FILES, 0)
            ),
            _("Put only the predicted masks into it."),
        )
    if sum(entry.file_size for entry in entries) > MAX_TOTAL_BYTES:
        raise DataError(
            _("Unpacked, the zip would take more than {limit} MB.").format(limit=MAX_TOTAL_BYTES // 1024**2),
            _("Save the masks as PNG in black and white, and put nothing else into the zip."),
        )


def _check_entry(entry: zipfile.ZipInfo) -> None:
    parts = re.split(r"[/\\]", entry.orig_filename)
    leaves = ".." in parts or parts[0] == "" or ":" in parts[0] or "\0" in entry.orig_filename
    if leaves or stat.S_ISLNK(entry.external_attr >> 16):
        raise DataError(
            _("The zip holds '{name}', a path that leaves its folder.").format(name=entry.filename),
            _("Pack the folder of masks again, without links and without paths such as ../"),
        )
    if entry.flag_bits & 0x1:
        raise DataError(_("The zip is encrypted."), _("Pack it again without a password."))
    if entry.file_size > MAX_BYTES:
        raise DataError(
            _("'{name}' in the zip is larger than {limit} MB.").format(
                name=entry.filename, limit=MAX_BYTES // 1024**2
            ),
            _("Save the masks as PNG in black and white."),
        )
