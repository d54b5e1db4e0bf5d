"""Clinics and requests for appointments, kept in one SQLite file, or in memory alone."""

import secrets
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from threading import Lock

from skinapp.errors import SkinAppError
from skinapp.i18n import gettext as _
from skinapp.services.clinics.appointment import Appointment, Status, Visitor
from skinapp.services.clinics.clinic import COLUMNS, UTC, Clinic
from skinapp.services.clinics.openings import free_starts

KEPT_FOR = timedelta(days=1)  # after an appointment began, whatever became of it
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # no two letters of it look alike
_CODE_LENGTH = 10  # of the alphabet's 31 characters: 49 bits
_MARKS = ", ".join("?" * len(COLUMNS))
_HOLDING = f"status IN ({', '.join(repr(str(status)) for status in Status if status.holds_time)})"
_TABLES = f"""
CREATE TABLE IF NOT EXISTS clinics ({", ".join(COLUMNS)}, PRIMARY KEY (code));
CREATE TABLE IF NOT EXISTS appointments (
  number INTEGER PRIMARY KEY AUTOINCREMENT, secret TEXT UNIQUE NOT NULL, clinic TEXT NOT NULL,
  start TEXT NOT NULL, minutes INTEGER NOT NULL, name TEXT NOT NULL, contact TEXT NOT NULL,
  note TEXT NOT NULL, status TEXT NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS one_visitor_at_a_time ON appointments (clinic, start) WHERE {_HOLDING};
"""
_WITH_LENGTHS = """
ALTER TABLE appointments ADD COLUMN minutes INTEGER NOT NULL DEFAULT 0;
UPDATE appointments SET minutes = (SELECT appointment_min FROM clinics WHERE code = clinic);
"""
_JOINED = (
    "SELECT number, start, minutes, a.name, contact, note, status, "
    f"{', '.join(f'c.{name}' for name in COLUMNS)} "
    "FROM appointments AS a JOIN clinics AS c ON c.code = a.clinic "
)


class Book:
    """The clinics and the appointments that visitors asked for. Safe for several threads and processes.

    ``path`` is an SQLite file, made where there is none; without one everything is forgotten in the end.
    What visitors wrote is erased by `forget_past`.
    """

    def __init__(self, path: Path | None = None):
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)  # for the user who runs the app alone
        self._lock = Lock()
        self._connection = sqlite3.connect(path or ":memory:", timeout=10, check_same_thread=False)
        self._connection.executescript("PRAGMA secure_delete = ON;" + _TABLES)
        columns = self._connection.execute("SELECT name FROM pragma_table_info('appointments')")
        if ("minutes",) not in columns.fetchall():  # a file from before each request had its own length
            self._connection.executescript(_WITH_LENGTHS)

    def forget_past(self, now: datetime) -> None:
        """Erase what visitors wrote for appointments that began `KEPT_FOR` ago."""
        with self._changes() as connection:
            connection.execute("DELETE FROM appointments WHERE start < ?", (_written(now - KEPT_FOR),))

    def clinics(self) -> list[Clinic]:
        """All clinics, by town and name."""
        with self._changes() as connection:
            rows = connection.execute(f"SELECT {', '.join(COLUMNS)} FROM clinics ORDER BY town, name")
            return [Clinic(*row) for row in rows]

    def list_also(self, clinics: Sequence[Clinic]) -> None:
        """Add clinics to the listing; one whose code is there already stays as it is."""
        own = self.clinics()
        known = {clinic.code for clinic in own}
        self.list_clinics([*own, *(clinic for clinic in clinics if clinic.code not in known)])

    def list_clinics(self, clinics: Sequence[Clinic]) -> None:
        """Put these clinics in the place of all; `SkinAppError` where one with open requests would go."""
        kept = {clinic.code for clinic in clinics}
        with self._changes() as connection:
            held = connection.execute(f"SELECT DISTINCT clinic FROM appointments WHERE {_HOLDING}")
            if lost := sorted({code for (code,) in held} - kept):
                raise SkinAppError(
                    _("Appointments are open at: {clinics}.").format(clinics=", ".join(lost)),
                    _("Decline them first, or keep the clinic with its code."),
                )
            connection.execute("DELETE FROM clinics")
            connection.executemany(
                f"INSERT INTO clinics VALUES ({_MARKS})", [astuple(clinic) for clinic in clinics]
            )
            connection.execute("DELETE FROM appointments WHERE clinic NOT IN (SELECT code FROM clinics)")

    def free_starts(self, clinic: Clinic, now: datetime) -> list[datetime]:
        """When an appointment can begin, in the time of the clinic."""
        with self._changes() as connection:
            taken = _taken(connection, clinic)
        return free_starts(clinic, taken, now)

    def ask(self, clinic: Clinic, start: datetime, visitor: Visitor, now: datetime) -> str:
        """Ask for an appointment; returns the code by which the visitor finds it again.

        `SkinAppError` where the time is not offered or was taken meanwhile. The code itself is not kept.
        """
        code = "".join(secrets.choice(_ALPHABET) for _place in range(_CODE_LENGTH))
        row = (_secret(code), clinic.code, _written(start), clinic.appointment_min, *astuple(visitor))
        with self._changes() as connection:
            connection.execute("BEGIN IMMEDIATE")  # no other process writes until the request is in
            if start not in free_starts(clinic, _taken(connection, clinic), now):
                raise SkinAppError(_("This time is no longer free."), _("Choose another one."))
            connection.execute(
                "INSERT INTO appointments (secret, clinic, start, minutes, name, contact, note, status) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (*row, Status.ASKED),
            )
        return f"{code[:5]}-{code[5:]}"

    def find(self, code: str) -> Appointment:
        """The request that has this code; `SkinAppError` where none has."""
        with self._changes() as connection:
            row = connection.execute(_JOINED + "WHERE secret = ?", (_secret(code),)).fetchone()
        if row is None:
            raise SkinAppError(
                _("There is no request with this code."),
                _("Look at the code again. A request is erased a day after its appointment."),
            )
        return _appointment(row)

    def appointments(self) -> list[Appointment]:
        """All requests, the earliest appointment first."""
        with self._changes() as connection:
            rows = connection.execute(_JOINED + "ORDER BY start, number").fetchall()
        return [_appointment(row) for row in rows]

    def decide(self, number: int, status: Status) -> None:
        """Confirm, decline or cancel a request that holds its time; no other is changed."""
        with self._changes() as connection:
            connection.execute(
                f"UPDATE appointments SET status = ? WHERE number = ? AND {_HOLDING}", (status, number)
            )

    @contextmanager
    def _changes(self) -> Iterator[sqlite3.Connection]:
        """The connection for one transaction, which an exception takes back."""
        with self._lock, self._connection as connection:
            yield connection


def _appointment(row: tuple) -> Appointment:
    number, start, minutes, name, contact, note, status, *columns = row
    clinic = Clinic(*columns)
    begins, ends = (clinic.local(moment) for moment in _span(start, minutes))
    return Appointment(number, clinic, begins, ends, Visitor(name, contact, note), Status(status))


def _taken(connection: sqlite3.Connection, clinic: Clinic) -> list[tuple[datetime, datetime]]:
    """From when to when somebody else is there."""
    rows = connection.execute(
        f"SELECT start, minutes FROM appointments WHERE clinic = ? AND {_HOLDING}", (clinic.code,)
    )
    return [_span(start, minutes) for start, minutes in rows]


def _written(moment: datetime) -> str:
    """A moment as text that sorts by time."""
    return moment.astimezone(UTC).isoformat(timespec="minutes")


def _span(start: str, minutes: int) -> tuple[datetime, datetime]:
    """From when to when an appointment is, in UTC."""
    begins = datetime.fromisoformat(start)
    return begins, begins + timedelta(minutes=minutes)


def _secret(code: str) -> str:
    """What is kept of a code: its SHA-256, whatever its letters' case and the signs between them."""
    letters = "".join(character for character in code.upper() if character in _ALPHABET)
    return sha256(letters.encode()).hexdigest()
