"""Photographs to try: six drawn here, and on request a dozen public ones from the ISIC Archive.

Only CC-0 photographs are fetched, each with the credit that the archive gives. They are kept under the
cache folder, so the archive is asked once.
"""

import json
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from skinapp.errors import DataError
from skinapp.i18n import gettext as _
from skinapp.i18n import marked
from skinapp.imaging.encoding import encode_png
from skinapp.imaging.reading import read_photograph
from skinapp.imaging.synthetic import GALLERY, draw_lesion
from skinapp.services.web import fetched, unexpected

ARCHIVE_URL = "https://api.isic-archive.com"
QUERY = "copyright_license:CC-0 AND image_type:dermoscopic"
LICENCE = "CC-0"
COUNT = 12
TIMEOUT_S = 15
MAX_BYTES = 8 * 1024 * 1024  # of one photograph
MAX_LIST_BYTES = 2 * 1024 * 1024
DRAWN_PX = (450, 600)  # height and width of the drawn lesions, as in HAM10000

SYNTHETIC_CREDIT = marked("Synthetic: drawn by a program, not a photograph")


@dataclass(frozen=True)
class Example:
    """A photograph to try: its file's bytes, a caption, and a credit to show with it."""

    name: str
    data: bytes
    caption: str
    credit: str
    is_synthetic: bool


@lru_cache(maxsize=1)
def synthetic_examples() -> tuple[Example, ...]:
    """Six drawn lesions, the same every time."""
    return tuple(
        Example(
            name=f"synthetic-{number}.png",
            data=encode_png(draw_lesion(seed, *DRAWN_PX)[0]),
            caption=caption,
            credit=SYNTHETIC_CREDIT,
            is_synthetic=True,
        )
        for number, (seed, caption) in enumerate(GALLERY, start=1)
    )


def archive_examples(folder: Path) -> tuple[Example, ...]:
    """The archive photographs fetched earlier into ``folder``; none where that never happened."""
    index = folder / "index.json"
    if not index.is_file():
        return ()
    rows = json.loads(index.read_text(encoding="utf-8"))
    return tuple(
        Example(row["name"], (folder / row["name"]).read_bytes(), row["caption"], row["credit"], False)
        for row in rows
    )


def fetch_archive_examples(
    folder: Path,
    base_url: str = ARCHIVE_URL,
    on_progress: Callable[[int, int], None] = lambda done, all: None,
) -> tuple[Example, ...]:
    """Fetch a dozen CC-0 photographs from the ISIC Archive into ``folder``, all of them or none.

    ``on_progress(done, all)`` is told after each. Raises `DataError` where the archive cannot be reached
    or answers something else.
    """
    wanted = _listed(base_url)
    folder.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix="gallery-", dir=folder.parent))
    try:
        rows = []
        for done, item in enumerate(wanted, start=1):
            rows.append(_stored(item, partial))
            on_progress(done, len(wanted))
        (partial / "index.json").write_text(json.dumps(rows, indent=1), encoding="utf-8")
        _replace_folder(partial, folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return archive_examples(folder)


@dataclass(frozen=True)
class _Listed:
    isic_id: str
    url: str
    credit: str


def _listed(base_url: str) -> list[_Listed]:
    address = f"{base_url}/api/v2/images/search/?{urlencode({'query': QUERY, 'limit': 5 * COUNT})}"
    try:
        results = json.loads(_fetched(address, MAX_LIST_BYTES))["results"]
        known = [_parsed(row) for row in results if row["copyright_license"] == LICENCE]
    except (ValueError, KeyError, TypeError):
        raise _unexpected() from None
    small = [item for item in known if item is not None]
    if not small:
        raise _unexpected()
    return small[:COUNT]


def _parsed(row: dict[str, Any]) -> _Listed | None:
    """A row of the list as far as it is needed; None where its file is too large."""
    file = row["files"]["full"]
    if int(file.get("size") or 0) > MAX_BYTES:
        return None
    isic_id = str(row["isic_id"])
    if not isic_id.replace("_", "").isalnum():
        raise ValueError(f"unexpected image name {isic_id!r}")
    return _Listed(isic_id, str(file["url"]), str(row.get("attribution") or _("Anonymous")))


def _stored(item: _Listed, folder: Path) -> dict[str, str]:
    data = _fetched(item.url, MAX_BYTES)
    name = f"{item.isic_id}.jpg"
    read_photograph(data, name)
    (folder / name).write_bytes(data)
    credit = _("{credit}, ISIC Archive, {licence}").format(credit=item.credit, licence=LICENCE)
    return {"name": name, "caption": item.isic_id, "credit": credit}


def _fetched(address: str, max_bytes: int) -> bytes:
    return fetched(address, max_bytes, TIMEOUT_S, *_archive())


def _unexpected() -> DataError:
    return unexpected(*_archive())


def _archive() -> tuple[str, str]:
    return _("The ISIC Archive"), _("use the drawn examples")


def _replace_folder(new: Path, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    try:
        new.replace(folder)
    except OSError:  # another visitor's came between, and is as good
        if not folder.is_dir():
            raise
