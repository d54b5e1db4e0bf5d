"""A table of figures in which every interval is a bar too."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from skinapp.i18n import format_number
from skinapp.i18n import gettext as _
from skinapp.metrics.bootstrap import Interval
from skinapp.services.scoring.measures import Measure
from skinapp.services.scoring.scored import ScoredModel


def interval_table(models: Sequence[ScoredModel], measures: Sequence[Measure], sorted_by: str) -> None:
    """One row for each model in the order given; a dot on a bar shows the figure within its interval."""
    heads = "".join(_head(measure, measure.key == sorted_by) for measure in measures)
    rows = "".join(_row(model, models, measures) for model in models)
    label, model_head = escape(_("Figures with intervals")), escape(_("Model"))
    st.html(
        f'<div class="scorecard" tabindex="0" role="region" aria-label="{label}">'
        f"<table><thead><tr><th>{model_head}</th>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def interval_words(interval: Interval, measure: Measure) -> str:
    """A figure with its interval and unit in one line.

    >>> from skinapp.services.scoring.measures import measure
    >>> interval_words(Interval(0.8412, 0.83, 0.852, 389), measure("iou"))
    '0.841 (0.830 to 0.852)'
    """
    value, low, high = (format_number(part, measure.decimals) for part in interval[:3])
    unit = f" {measure.unit}" if measure.unit else ""
    return _("{value}{unit} ({low} to {high})").format(value=value, unit=unit, low=low, high=high)


def _head(measure: Measure, is_sorted: bool) -> str:
    order = ' aria-sort="other"' if is_sorted else ""
    name = _(measure.name) + (f", {measure.unit}" if measure.unit else "")
    arrow = " ▾" if is_sorted else ""
    return f'<th{order} title="{escape(_(measure.meaning))}">{escape(name)}{arrow}</th>'


def _row(model: ScoredModel, models: Sequence[ScoredModel], measures: Sequence[Measure]) -> str:
    cells = "".join(_cell(model, models, measure) for measure in measures)
    return f"<tr><th scope='row'>{escape(model.title)}<small>n = {len(model.table)}</small></th>{cells}</tr>"


def _cell(model: ScoredModel, models: Sequence[ScoredModel], measure: Measure) -> str:
    interval = model.intervals.get(measure.key)
    if interval is None:
        words = escape(_("not measured"))
        return f"<td><small>{words}</small></td>"
    known = [other.intervals[measure.key] for other in models if measure.key in other.intervals]
    first, last = min(one.low for one in known), max(one.high for one in known)

    def place(value: float) -> float:
        return 100 * (value - first) / (last - first) if last > first else 50

    low, high, dot = (round(place(part), 1) for part in (interval.low, interval.high, interval.value))
    bar = f'<i style="left:{low}%;width:{round(high - low, 1)}%"></i><b style="left:{dot}%"></b>'
    value, ends = (
        format_number(interval.value, measure.decimals),
        "–".join(format_number(end, measure.decimals) for end in (interval.low, interval.high)),
    )
    whisker = f'<div class="whisker" aria-hidden="true">{bar}</div>'
    return f"<td><span>{value}</span>{whisker}<small>{ends}</small></td>"
