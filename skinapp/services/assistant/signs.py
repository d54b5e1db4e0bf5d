"""The signs that cannot wait: how urgent each is, what it means and what to do."""

from dataclasses import dataclass
from enum import IntEnum

from skinapp.i18n import marked


class Urgency(IntEnum):
    """How soon; the name in lower case is the table of red_flags.toml that says it in each language."""

    CRISIS = 0
    NOW = 1
    TODAY = 2
    DAYS = 3
    WEEKS = 4


@dataclass(frozen=True)
class RedFlag:
    """A sign: how urgent it is, what it means and what to do."""

    key: str
    urgency: Urgency
    title: str
    advice: str


RED_FLAGS = (
    RedFlag(
        "self_harm",
        Urgency.CRISIS,
        marked("Thoughts of harming yourself"),
        marked(
            "Please talk to a person now: someone near you, or the crisis line below, at any hour. If "
            "you might act on these thoughts, call the emergency number or go to the nearest emergency "
            "department. Put away what you could hurt yourself with, and stay with someone. You do not "
            "have to explain it well."
        ),
    ),
    RedFlag(
        "breathing",
        Urgency.NOW,
        marked("Trouble breathing or a swollen face"),
        marked(
            "This can be a severe allergic reaction. Call the emergency number now. If you have an "
            "emergency pen for allergies, use it as you were taught. Sit up, do not drive yourself, "
            "and do not stay alone."
        ),
    ),
    RedFlag(
        "fever_rash",
        Urgency.NOW,
        marked("Fever together with changes of the skin"),
        marked(
            "Fever with a rash or with spreading redness can be a serious infection or a reaction to a "
            "medicine. If spots do not fade when pressed with a glass, or the person is drowsy, "
            "confused, has a stiff neck or feels very ill, call the emergency number now. In every "
            "other case have it seen by a doctor today."
        ),
    ),
    RedFlag(
        "severe_bleeding",
        Urgency.NOW,
        marked("Bleeding that does not stop"),
        marked(
            "Press on it firmly with a clean cloth, without lifting it, for fifteen minutes, and raise "
            "the limb. If it still bleeds, or if much blood is lost, call the emergency number or go "
            "to the nearest emergency department. Say if a blood thinner is being taken."
        ),
    ),
    RedFlag(
        "blistering",
        Urgency.NOW,
        marked("Blisters or peeling skin over large areas"),
        marked(
            "This can be a severe reaction, often to a medicine. Call the emergency number or go to an "
            "emergency department now, and take along all medicines. Do not open blisters."
        ),
    ),
    RedFlag(
        "heat",
        Urgency.NOW,
        marked("Feeling very ill after sun or heat"),
        marked(
            "Confusion, fainting or vomiting after heat can be heatstroke. Call the emergency number "
            "now. Bring the person into the shade, cool the skin with water and a fan, and do not "
            "leave them alone."
        ),
    ),
    RedFlag(
        "infection",
        Urgency.TODAY,
        marked("Signs of an infection"),
        marked(
            "Spreading redness, pus, warmth or rising pain point to an infection. Have it seen today, "
            "best by the practice that treated you. With fever, shivering or confusion it is an "
            "emergency."
        ),
    ),
    RedFlag(
        "baby_burn",
        Urgency.TODAY,
        marked("Sunburn in a baby, or with blisters"),
        marked(
            "Have it seen today. Stay in the shade, cool the skin with lukewarm water, offer drinks, "
            "and leave blisters closed. Drowsiness, fever or vomiting make it an emergency."
        ),
    ),
    RedFlag(
        "bleeding",
        Urgency.DAYS,
        marked("A lesion that bleeds or oozes"),
        marked(
            "A lesion that bleeds without an injury, or again and again, should be seen by a doctor "
            "within days. Press on it with a clean cloth for ten minutes. If it does not stop, get "
            "help at once."
        ),
    ),
    RedFlag(
        "fast_growth",
        Urgency.DAYS,
        marked("Fast growth or change"),
        marked(
            "A lesion that grows or changes within weeks should be seen by a doctor within days, also "
            "if it is pink or looks harmless. Say on the phone how fast it changes. Do not wait for "
            "another photograph."
        ),
    ),
    RedFlag(
        "node",
        Urgency.DAYS,
        marked("A new lump after skin cancer"),
        marked("Tell the team that treats you within days, without waiting for the next planned visit."),
    ),
    RedFlag(
        "nail",
        Urgency.WEEKS,
        marked("A dark streak or patch at a nail"),
        marked(
            "A new or changing dark streak on a single nail should be seen by a doctor within two "
            "weeks, earlier if it widens or the skin beside the nail is dark. Take off nail varnish "
            "before."
        ),
    ),
    RedFlag(
        "changing",
        Urgency.WEEKS,
        marked("A lesion that changes"),
        marked(
            "Change is the most important warning sign. Have the lesion seen by a doctor within two "
            "weeks, within days if it grows quickly or bleeds."
        ),
    ),
    RedFlag(
        "not_healing",
        Urgency.WEEKS,
        marked("A sore that does not heal"),
        marked(
            "A sore that is open for about four weeks, or that returns, should be seen by a doctor "
            "within two weeks and may need a small biopsy."
        ),
    ),
)
