"""Where the visitor looks for a clinic: near a town of the listing, or near the visitor."""

from collections import defaultdict
from collections.abc import Sequence
from statistics import mean

import streamlit as st

from skinapp.i18n import gettext as _
from skinapp.services.clinics.clinic import Clinic
from skinapp.ui.lasting_choice import choose, lasting_choice
from skinapp.ui.pictures import browser_part

_locate = st.components.v2.component("skinapp_place", **browser_part("place"))
_HERE, _ANYWHERE = "here", "anywhere"
_NEAR, _PLACE, _BUTTON = "clinics_near", "clinics_place", "clinics_locate"

Place = tuple[float, float]


def chosen_place(clinics: Sequence[Clinic]) -> Place | None:
    """Latitude and longitude in degrees from which distances count; None for anywhere."""
    here: Place | None = st.session_state.get(_PLACE)
    towns: dict[str, list[Place]] = defaultdict(list)
    for clinic in clinics:
        towns[f"{clinic.town}, {clinic.country}".strip(", ")].append(clinic.place)
    words = {_ANYWHERE: _("Anywhere")} | ({_HERE: _("Where I am")} if here else {})
    near = lasting_choice(_("Near"), words | {town: town for town in sorted(towns)}, _NEAR, first=_ANYWHERE)
    if near == _HERE:
        return here
    if near not in towns:
        return None
    latitudes, longitudes = zip(*towns[near], strict=True)
    return mean(latitudes), mean(longitudes)


def locate_button() -> None:
    """A button that asks the browser where the visitor is, to about a kilometre."""
    _locate(
        key=_BUTTON,
        data={
            "label": _("Use where I am"),
            "waiting": _("The browser is asked where you are."),
            "denied": _("The browser was not allowed to say where you are. Choose a town instead."),
            "unknown": _("The browser does not know where you are. Choose a town instead."),
            "insecure": _(
                "This browser tells a place only to pages with HTTPS or on this machine itself. "
                "Choose a town instead."
            ),
        },
        on_place_change=_remember,
    )


def _remember() -> None:
    place = st.session_state[_BUTTON].place
    if place:
        latitude, longitude = place
        st.session_state[_PLACE] = float(latitude), float(longitude)
        choose(_HERE, _NEAR)
