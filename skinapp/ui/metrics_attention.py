"""Does attention help: the difference in each pair, with its interval, in a picture and in words."""

from typing import TYPE_CHECKING

import plotly.graph_objects as go
import streamlit as st

from skinapp.i18n import format_number, format_percent
from skinapp.i18n import gettext as _
from skinapp.metrics.paired import PairedDifference
from skinapp.services.scoring.measures import OUTLINE, Measure
from skinapp.ui import caching
from skinapp.ui.figure import QUIET, show_figure
from skinapp.ui.metrics_choices import headline, measure_choice, say_evaluate

if TYPE_CHECKING:
    from skinapp.services.attention_effect import AttentionEffect

_ROW_PX = 56
_SHOWN, _NOT_SHOWN = "#0072B2", "#8A949E"


def attention_part() -> None:
    """The forest plot of the pairs, a sentence on each, and the table behind them."""
    top = st.container()
    with st.container(width=260):
        measure = measure_choice(_("Difference in"), OUTLINE, "attention")
    effects = caching.attention_effects(measure.key)
    if not effects:
        say_evaluate(_("No pair of models was scored in this figure yet."))
        return
    with top:
        headline(effects[0].sentence)
    show_figure(
        _forest(effects, measure),
        f"attention-{measure.key}",
        _("What attention changes in the {measure} of each pair, with intervals").format(
            measure=_(measure.name)
        ),
        [row for effect in effects for row in _numbers(effect)],
    )
    st.markdown("\n".join(f"- {effect.sentence}" for effect in effects[1:]))
    st.table([_row(effect) for effect in effects], hide_index=True)
    st.caption(_method_words(effects))


def _forest(effects: "tuple[AttentionEffect, ...]", measure: Measure) -> go.Figure:
    """One mark for each line."""
    lines = _lines(effects)
    figure = go.Figure([_line(*line) for line in lines])
    figure.add_vline(x=0, line={"color": QUIET, "width": 1.5, "dash": "dot"})
    better, worse = (
        (_("better with attention →"), _("← worse"))
        if measure.higher_is_better
        else (
            _("worse with attention →"),
            _("← better"),
        )
    )
    for x, anchor, words in ((1, "right", better), (0, "left", worse)):
        figure.add_annotation(
            x=x,
            xref="paper",
            xanchor=anchor,
            y=1.0,
            yref="paper",
            yanchor="top",  # above it is the camera
            text=words,
            showarrow=False,
        )
    ends = [abs(end) for _title, one, _bold in lines for end in (one.low, one.high)]
    reach = 1.2 * max([*ends, 1e-4])
    unit = f", {measure.unit}" if measure.unit else ""
    figure.update_xaxes(
        title=_("Difference in {measure}").format(measure=_(measure.name)) + unit, range=[-reach, reach]
    )
    figure.update_yaxes(autorange="reversed", showgrid=False)
    figure.update_layout(height=110 + _ROW_PX * len(lines), showlegend=False)
    return figure


def _lines(effects: "tuple[AttentionEffect, ...]") -> list[tuple[str, PairedDifference, bool]]:
    """Title and difference of each pair, and of each training by itself where there are several."""
    lines: list[tuple[str, PairedDifference, bool]] = []
    for effect in effects:
        lines.append((effect.baseline.title, effect.difference, True))
        if len(effect.trainings) > 1:
            words = _("{title}, training {number}")
            lines += [
                (words.format(title=effect.baseline.title, number=number), one, False)
                for number, one in enumerate(effect.trainings, start=1)
            ]
    return lines


def _line(title: str, difference: PairedDifference, is_pair: bool) -> go.Scatter:
    """A filled mark where the interval excludes zero, an open one where it does not."""
    colour = _SHOWN if difference.is_shown else _NOT_SHOWN
    symbol = ("square" if is_pair else "circle") + ("" if difference.is_shown else "-open")
    return go.Scatter(
        x=[difference.mean],
        y=[title],
        error_x={
            "array": [difference.high - difference.mean],
            "arrayminus": [difference.mean - difference.low],
            "color": colour,
            "thickness": 2.5 if is_pair else 1.2,
            "width": 6,
        },
        mode="markers",
        marker={"symbol": symbol, "size": 14 if is_pair else 9, "color": colour, "line": {"width": 2}},
        name=title,
        hovertemplate="%{y}: %{x:+.4f}<extra></extra>",
    )


def _row(effect: "AttentionEffect") -> dict[str, str]:
    return {
        _("Pair"): effect.baseline.title,
        _("Trainings of each"): str(len(effect.trainings)),
        _("Photographs better"): format_percent(effect.better),
        _("Photographs worse"): format_percent(effect.worse),
        _("Signed-rank p, corrected"): _("under 0.001") if effect.p < 0.001 else format_number(effect.p, 3),
        "n": str(effect.difference.n),
    }


def _numbers(effect: "AttentionEffect") -> list[dict[str, object]]:
    """A row for each mark of a pair; what is known of the pair alone stands in the first."""
    rows = [_difference_row(title, difference) for title, difference, _is_pair in _lines((effect,))]
    rows[0] |= {
        _("p, corrected"): round(effect.p, 5),
        _("Share better"): round(effect.better, 4),
        _("Share worse"): round(effect.worse, 4),
    }
    return rows


def _difference_row(title: str, difference: PairedDifference) -> dict[str, object]:
    mean, low, high, n = difference
    return {
        _("Pair"): title,
        _("Mean difference"): round(mean, 5),
        _("Low"): round(low, 5),
        _("High"): round(high, 5),
        "n": n,
    }


def _method_words(effects: "tuple[AttentionEffect, ...]") -> str:
    words = _(
        "On the same test photographs; 95% paired bootstrap interval, p of Wilcoxon's signed-rank test "
        "after Holm's correction for the number of pairs. A filled mark: the interval excludes no "
        "difference. A small p beside an interval that includes zero means that many photographs changed a "
        "little, not that the mean did."
    )
    if max(len(effect.trainings) for effect in effects) > 1:
        further = _(
            "Where there are several trainings of each, they were made for this comparison, alike but for "
            "their seed, and the interval holds what they disagree. The models that the app offers were "
            "trained longer."
        )
        return f"{words} {further}"
    return words + " " + _("Each model was trained once here; another training could move the means as far.")
