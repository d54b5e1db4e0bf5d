"""Emergency numbers by region, from a file that whoever runs the app can edit."""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from skinapp.errors import SkinAppError
from skinapp.i18n import country_name, marked
from skinapp.i18n import gettext as _

NUMBERS = Path(__file__).with_name("emergency.toml")
ELSEWHERE = "international"
marked("Other country")  # its name in the file


@dataclass(frozen=True)
class Region:
    """Numbers to call; ``advice`` is empty where a region has none."""

    code: str
    name: str
    emergency: str
    advice: str
    crisis: str

    @property
    def title(self) -> str:
        """The name in the reader's language, as far as it is known there."""
        return country_name(self.code, self.name)


@lru_cache(maxsize=2)
def regions(path: Path | None = None) -> dict[str, Region]:
    """The regions of a file by their code, in the order of the file; `SkinAppError` where it is wrong."""
    path = path or NUMBERS
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
        known = {
            code: Region(code, **{name: str(value) for name, value in numbers.items()})
            for code, numbers in tables.items()
        }
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise SkinAppError(
            _("The emergency numbers in '{path}' cannot be read: {error}.").format(path=path, error=error),
            _("Compare the file with skinapp/services/assistant/emergency.toml."),
        ) from None
    if ELSEWHERE not in known:
        raise SkinAppError(
            _("The emergency numbers in '{path}' lack the region '{name}'.").format(
                path=path, name=ELSEWHERE
            ),
            _("Add it: it is used where no region was chosen."),
        )
    return known
