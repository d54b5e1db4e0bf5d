"""What a visitor knows of the person and the place, for classifiers that hear of it."""

from collections.abc import Mapping

import streamlit as st

from skinapp.i18n import format_number
from skinapp.i18n import gettext as _
from skinapp.patient import OLDEST, SEXES, SITES, Patient
from skinapp.ui import caching
from skinapp.ui.lasting_choice import lasting_choice


def hears_of_patients(classifier: str | None) -> bool:
    """True where the chosen classifier makes use of age, sex and site."""
    return classifier is not None and caching.card(classifier).has_metadata


def patient_choice() -> Patient:
    """Age, sex and site, each of which may stay unknown; they count for every photograph."""
    heading = _("Person and place")
    st.markdown(f"**{heading}**")
    age = st.number_input(
        _("Age in years"),
        min_value=0,
        max_value=OLDEST,
        value=None,
        placeholder=_("not known"),
        key="settings_age",
        persist_state="session",
        help=_("Counts for every photograph, as sex and site do. Nothing of it is kept."),
    )
    return Patient(age, _one_of(_("Sex"), SEXES, "sex"), _one_of(_("Site on the body"), SITES, "site"))


def patient_words(patient: Patient) -> list[str]:
    """What is known of a patient, each in words."""
    age = None if patient.age is None else _("{age} years old").format(age=format_number(patient.age, 0))
    sex = patient.sex and _(SEXES[patient.sex])
    site = patient.site and _(SITES[patient.site])
    return [words for words in (age, sex, site) if words]


def _one_of(label: str, names: Mapping[str, str], key: str) -> str | None:
    words = {name: _(said) for name, said in names.items()}
    return lasting_choice(label, words, f"settings_{key}", placeholder=_("not known"))
