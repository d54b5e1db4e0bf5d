"""The photographs that a visitor has brought, in the memory of the visitor's session and nowhere else."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import uuid4

import streamlit as st

_ITEMS, _OPENED = "tray_items", "analyze_opened"
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


def add(name: str, data: bytes, credit: str = "", item_id: str | None = None) -> Item:
    """Put a photograph on the tray and open it."""
    item = Item(item_id or uuid4().hex, name, data, hashlib.sha256(data).hexdigest(), credit)
    st.session_state[_ITEMS] = (*items(), item)
    st.session_state[_OPENED] = item.id
    return item


def remove(ids: Iterable[str]) -> None:
    """Take photographs off the tray."""
    gone = set(ids)
    st.session_state[_ITEMS] = tuple(item for item in items() if item.id not in gone)


def clear() -> None:
    """Empty the tray, the upload field with it."""
    st.session_state[_ITEMS] = ()
    st.session_state["tray_round"] = upload_round() + 1


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
    if came:
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
