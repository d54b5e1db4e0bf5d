"""What may be known of a lesion beside its photograph: age and sex of the person, site on the body.

The words are those of the metadata of HAM10000 (Tschandl et al. 2018, doi 10.1038/sdata.2018.161).
"""

from dataclasses import dataclass

from skinapp.errors import DataError
from skinapp.i18n import gettext as _
from skinapp.i18n import marked

OLDEST = 120  # years
SEXES = {"female": marked("female"), "male": marked("male")}
SITES = {
    "abdomen": marked("abdomen"),
    "acral": marked("palm or sole"),
    "back": marked("back"),
    "chest": marked("chest"),
    "ear": marked("ear"),
    "face": marked("face"),
    "foot": marked("foot"),
    "genital": marked("genital"),
    "hand": marked("hand"),
    "lower extremity": marked("leg"),
    "neck": marked("neck"),
    "scalp": marked("scalp"),
    "trunk": marked("trunk"),
    "upper extremity": marked("arm"),
}


@dataclass(frozen=True)
class Patient:
    """Age in years, a key of `SEXES` and a key of `SITES`; None is unknown. `DataError` for anything else."""

    age: float | None = None
    sex: str | None = None
    site: str | None = None

    def __post_init__(self) -> None:
        if self.age is not None and not 0 <= self.age <= OLDEST:
            raise DataError(
                _("The age {age} is out of range.").format(age=self.age),
                _("Give years from 0 to {oldest}, or leave it out.").format(oldest=OLDEST),
            )
        for value, known in ((self.sex, SEXES), (self.site, SITES)):
            if value is not None and value not in known:
                raise DataError(
                    _("'{value}' is not known.").format(value=value),
                    _("Choose one of: {names}. Or leave it out.").format(names=", ".join(known)),
                )

    @property
    def is_known(self) -> bool:
        """True where anything is known."""
        return self != UNKNOWN


UNKNOWN = Patient()
