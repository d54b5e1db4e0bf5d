"""Where do they fail: every test photograph as a point, the pictures behind it, and kinds of photographs."""

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from skinapp.i18n import format_number
from skinapp.i18n import gettext as _
from skinapp.imaging.overlay import draw_outline
from skinapp.metrics import segmentation
from skinapp.metrics.bootstrap import Interval, mean_interval
from skinapp.services.analyze import DEFAULT_THRESHOLD, mask_of
from skinapp.services.scoring.examples import ScoredExample, drawn_example, photograph_example
from skinapp.services.scoring.outlines import CLASS_FRAME
from skinapp.services.scoring.scored import ScoredModel
from skinapp.services.scoring.slices import BY_CLASS, BY_NUMBER, class_parts, worst
from skinapp.services.scoring.tables import Table
from skinapp.settings import settings
from skinapp.ui import caching
from skinapp.ui.figure import QUIET, show_figure
from skinapp.ui.metrics_choices import headline, say_evaluate, segments
from skinapp.ui.model_marks import mark_of
from skinapp.ui.panel_row import Panel, panel_row

_PHOTO = "metrics_photo"
_SCATTER = "failures"

Pair = tuple[ScoredModel, ScoredModel]


def failures_part() -> None:
    """The photographs of a pair of models, then the slices."""
    top = st.container()
    with st.spinner(_("Loading the figures")):
        models = caching.scored_outlines("crop")
    pairs = _pairs(models)
    if not pairs:
        say_evaluate(_("No pair of models was scored on this computer yet."))
        return
    with st.container(horizontal=True, vertical_alignment="bottom", key="metrics_failure_choices"):
        titles = {name: pair[0].title for name, pair in pairs.items()}
        pair = pairs[segments(_("Pair"), titles, "pair")]
        only_worst = st.toggle(
            _("Only the worst tenth"),
            key="metrics_worst",
            persist_state="session",
            help=_("The tenth of the photographs with the lowest IoU of the two models together."),
        )
    keys, ious = _shared(pair)
    with top:
        headline(_missed_words(pair, ious))
    if only_worst:
        chosen = worst(ious.min(axis=0))
        keys, ious = keys[chosen], ious[:, chosen]
    _explorer(pair, keys, ious)
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader(_("All of them"), anchor=False)
        _scatter(pair, keys, ious)
    with right:
        st.subheader(_("Which kinds of photographs"), anchor=False)
        _slices(pair)


def _missed_words(pair: Pair, ious: np.ndarray) -> str:
    """How often each of the two misses what ISIC 2018 counts as found."""
    missed = ious < segmentation.ISIC_FLOOR
    words = _(
        "On {both} of {n} test photographs both miss the lesion (IoU below {limit}); {first} alone does on "
        "{only_first}, {second} alone on {only_second}."
    )
    return words.format(
        both=int(missed.all(axis=0).sum()),
        n=ious.shape[1],
        limit=format_number(segmentation.ISIC_FLOOR),
        first=pair[0].title,
        second=pair[1].title,
        only_first=int((missed[0] & ~missed[1]).sum()),
        only_second=int((missed[1] & ~missed[0]).sum()),
    )


def _pairs(models: tuple[ScoredModel, ...]) -> dict[str, Pair]:
    by_name = {model.name: model for model in models}
    return {model.twin: (by_name[model.twin], model) for model in models if model.twin in by_name}


def _shared(pair: Pair) -> tuple[np.ndarray, np.ndarray]:
    """Ids (N,) that both tables hold and their IoU (2, N)."""
    values = [
        dict(zip(model.table.words("image_id").tolist(), model.table.numbers("iou").tolist(), strict=True))
        for model in pair
    ]
    keys = sorted(values[0].keys() & values[1].keys())
    return np.array(keys), np.array([[known[key] for key in keys] for known in values])


def _scatter(pair: Pair, keys: np.ndarray, ious: np.ndarray) -> None:
    """Baseline against attention; on the line both are equally good."""
    mark = mark_of(pair[1])
    figure = go.Figure(
        [
            go.Scatter(
                x=[0, 1], y=[0, 1], mode="lines", line={"dash": "dot", "color": QUIET}, hoverinfo="skip"
            ),
            go.Scatter(
                x=ious[0],
                y=ious[1],
                mode="markers",
                customdata=keys,
                marker={"size": 9, "color": mark.colour, "opacity": 0.75, "line": {"width": 0.5}},
                hovertemplate="%{customdata}<br>%{x:.2f} → %{y:.2f}<extra></extra>",
            ),
        ]
    )
    figure.update_xaxes(title=_("IoU of {title}").format(title=pair[0].title), range=[0, 1.02])
    figure.update_yaxes(title=_("IoU of {title}").format(title=pair[1].title), range=[0, 1.02])
    figure.update_layout(showlegend=False, height=440, clickmode="event+select")
    numbers = [
        {_("Photograph"): str(key), pair[0].title: round(float(x), 4), pair[1].title: round(float(y), 4)}
        for key, x, y in zip(keys, *ious, strict=True)
    ]
    words = _("Each point is a test photograph: IoU without attention against IoU with it")
    show_figure(figure, _SCATTER, words, numbers, on_select=_take_point)
    st.caption(_("Click a point to see its pictures above. Above the line attention did better."))


def _take_point() -> None:
    points = st.session_state[f"metrics_{_SCATTER}"].selection.points
    known = [point["customdata"] for point in points if point.get("customdata")]
    if known:
        st.session_state[_PHOTO] = known[0][0] if isinstance(known[0], list) else known[0]


def _explorer(pair: Pair, keys: np.ndarray, ious: np.ndarray) -> None:
    """The photographs from the worst on, and the pictures of the chosen one."""
    order = worst(ious.min(axis=0), share=1.0)
    ranked = [str(key) for key in keys[order]]
    if st.session_state.get(_PHOTO) not in ranked:
        st.session_state[_PHOTO] = ranked[0]
    key = st.selectbox(
        _("Photograph, the worst first"),
        ranked,
        key=_PHOTO,
        format_func=lambda key: _photo_words(key, keys, ious),
    )
    example = photograph_example(key, settings().data_dir)
    if example is None:
        st.caption(
            _(
                "The test photographs are not on this computer; a drawn lesion shows how the pictures would "
                "look."
            )
        )
        example = drawn_example(ranked.index(key))
    with st.spinner(_("Drawing the outlines")):
        panel_row(_panels(pair, example, key), "metrics")


def _photo_words(key: str, keys: np.ndarray, ious: np.ndarray) -> str:
    before, after = ious[:, int(np.flatnonzero(keys == key)[0])]
    return f"{key}: {format_number(before)} → {format_number(after)}"


def _panels(pair: Pair, example: ScoredExample, key: str) -> list[Panel]:
    label = _("Drawn lesion") if example.is_synthetic else _("Photograph")
    panels = [
        Panel(label, example.image, "" if example.is_synthetic else key),
        Panel(
            _("True outline"),
            draw_outline(example.image, example.truth),
            _("as drawn by the program") if example.is_synthetic else _("by an expert"),
        ),
    ]
    for model in pair:
        outline = caching.engine().segment(model.name, example.image)
        mask = mask_of(outline, example.image, DEFAULT_THRESHOLD)
        words = _("IoU {iou}").format(iou=format_number(segmentation.iou(mask, example.truth)))
        panels.append(Panel(model.title, draw_outline(example.image, mask), words))
    return panels


def _slices(pair: Pair) -> None:
    """Mean IoU of each kind of photograph, with intervals and counts."""
    names = {BY_CLASS: _("Class")} | {slicing.key: _(slicing.name) for slicing in BY_NUMBER}
    by = segments(_("By"), names, "slice")
    parts = [_parts(model, by) for model in pair]
    if not all(parts):
        say_evaluate(_("The photographs were not measured for this when the models were scored."))
        return
    figure = go.Figure(
        [_slice_trace(model, of, shift) for model, of, shift in zip(pair, parts, (-0.12, 0.12), strict=True)]
    )
    labels = [f"{_(name)}, n = {len(part)}" for name, part in parts[0]]
    figure.update_yaxes(
        tickvals=list(range(len(labels))), ticktext=labels, autorange="reversed", showgrid=False
    )
    figure.update_xaxes(title=_("Mean IoU"))
    figure.update_layout(height=130 + 52 * len(labels))
    numbers = [
        {_("Kind"): _(name), _("Model"): model.title, "n": len(part)} | _slice_numbers(_iou(part))
        for model, of in zip(pair, parts, strict=True)
        for name, part in of
    ]
    show_figure(figure, f"slices-{by}", _("Mean IoU of each kind of photograph"), numbers)
    st.caption(_slice_words(by))


def _parts(model: ScoredModel, by: str) -> list[tuple[str, Table]]:
    if by == BY_CLASS:
        of_classes = next(
            (known.table for known in caching.scored_outlines(CLASS_FRAME) if known.name == model.name), None
        )
        return class_parts(of_classes) if of_classes else []
    return next(slicing for slicing in BY_NUMBER if slicing.key == by).parts(model.table)


def _iou(part: Table) -> Interval:
    lesions = part.words("lesion_id")
    return mean_interval(part.numbers("iou"), lesions if (lesions != "").all() else None)


def _slice_trace(model: ScoredModel, parts: list[tuple[str, Table]], shift: float) -> go.Scatter:
    mark, intervals = mark_of(model), [_iou(part) for _name, part in parts]
    return go.Scatter(
        x=[interval.value for interval in intervals],
        y=[row + shift for row in range(len(parts))],
        error_x={
            "array": [interval.high - interval.value for interval in intervals],
            "arrayminus": [interval.value - interval.low for interval in intervals],
            "width": 5,
        },
        mode="markers",
        marker={"symbol": mark.symbol, "size": 11, "color": mark.colour},
        name=model.title,
        hovertemplate="%{x:.3f}<extra>" + model.title + "</extra>",
    )


def _slice_numbers(interval: Interval) -> dict[str, float]:
    return {
        _("Mean IoU"): round(interval.value, 4),
        _("Low"): round(interval.low, 4),
        _("High"): round(interval.high, 4),
    }


def _slice_words(by: str) -> str:
    words = {
        BY_CLASS: _(
            "Up to 50 test photographs of each class of HAM10000; ISIC 2018 Task 1 names no classes. Whole "
            "lesions are drawn for the intervals."
        ),
        "ita": _(
            "Skin tone: the typology angle (ITA) of the skin beside the lesion. Light and camera shift it, "
            "so it sorts photographs, not people."
        ),
    }
    return words.get(by, _("ISIC 2018 Task 1, test photographs; 95% bootstrap intervals."))
