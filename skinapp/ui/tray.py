"""The photographs that a visitor has brought, in the memory of the visitor's session and nowhere else."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import streamlit as st

from skinapp.ui import caching

MOST_FILES, MOST_BYTES = 300, 300 * 1024**2  # of one visitor at once: the memory is shared by all
_ITEMS, _OPENED = "tray_items", "analyze_opened"
_MADE, _LEFT_OUT = "tray_made", "tray_left_out"
_SHOWN, _TAKEN = "tray_shown", "tray_taken"  # ids of files: in the upload field now, and ever taken from it


@dataclass(frozen=True)
class Item:
    """One file: its bytes, the name it came with, and a credit where it came from a gallery."""

    id: str
    name: str
    data: bytes
    sha256: str
    credit: str = ""


def items() -> tuple[Item, ...]:
    """The visitor's photographs in the order in which they came."""
    return tuple(st.session_state.get(_ITEMS, ()))


def add(name: str, data: bytes, credit: str = "", item_id: str | None = None) -> Item | None:
    """Put a photograph on the tray and open it; where it has no room, it is counted as left out instead."""
    if len(items()) >= MOST_FILES or sum(len(item.data) for item in items()) + len(data) > MOST_BYTES:
        st.session_state[_LEFT_OUT] = left_out() + 1
        return None
    item = Item(item_id or uuid4().hex, name, data, hashlib.sha256(data).hexdigest(), credit)
    st.session_state[_ITEMS] = (*items(), item)
    st.session_state[_OPENED] = item.id
    return item


def remove(ids: Iterable[str]) -> None:
    """Take photographs off the tray."""
    gone = set(ids)
    if not gone:
        return
    st.session_state[_ITEMS] = tuple(item for item in items() if item.id not in gone)
    st.session_state.pop(_LEFT_OUT, None)
    if not items():
        clear()


def clear() -> None:
    """Empty the tray and the upload field; what was made and computed of the photographs goes with them."""
    for key in (_ITEMS, _MADE, _LEFT_OUT):
        st.session_state.pop(key, None)
    caching.forget_photographs()
    st.session_state["tray_round"] = upload_round() + 1


def left_out() -> int:
    """How many files found no room since some were taken off."""
    return st.session_state.get(_LEFT_OUT, 0)


def keep(key: str, value: Any) -> None:
    """Keep what was made of photographs, until the tray is emptied."""
    st.session_state.setdefault(_MADE, {})[key] = value


def kept(key: str) -> Any:
    """What was kept under ``key``, or None."""
    return st.session_state.get(_MADE, {}).get(key)


def upload_round() -> int:
    """How often the tray was cleared; part of the upload field's key, which empties it."""
    return st.session_state.get("tray_round", 0)


def follow_uploads(key: str) -> None:
    """Bring the tray in line with an upload field: as its callback, when files came or went.

    A file comes once: a field that was cleared may still send what it held, with a file dropped too late.
    """
    files = {file.file_id: file for file in st.session_state.get(key) or ()}
    shown = st.session_state.get(_SHOWN, set())
    remove(shown - files.keys())
    taken = st.session_state.setdefault(_TAKEN, set())
    came = [add(file.name, file.getvalue(), item_id=id_) for id_, file in files.items() if id_ not in taken]
    taken.update(files)
    if came := [item for item in came if item]:
        st.session_state[_OPENED] = came[0].id
    st.session_state[_SHOWN] = set(files)


def remember_uploads(key: str) -> None:
    """Note what the field shows now; a field that came back empty takes nothing off the tray."""
    st.session_state[_SHOWN] = {file.file_id for file in st.session_state.get(key) or ()}


def opened() -> Item | None:
    """The photograph that is open in detail: the chosen one, else the first."""
    known = items()
    chosen = st.session_state.get(_OPENED)
    return next((item for item in known if item.id == chosen), known[0] if known else None)


def open_item(item_id: str) -> None:
    """Open one photograph in detail."""
    st.session_state[_OPENED] = item_id
