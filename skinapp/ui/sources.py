"""Where photographs come from: files, the camera, and a gallery to try."""

from collections.abc import Sequence

import streamlit as st

from skinapp.i18n import gettext as _
from skinapp.i18n import ngettext
from skinapp.imaging.reading import MAX_BYTES
from skinapp.services.gallery import Example, archive_examples, fetch_archive_examples, synthetic_examples
from skinapp.settings import settings
from skinapp.ui import tray
from skinapp.ui.errors import errors_shown
from skinapp.ui.tray import Item


def photograph_sources() -> None:
    """The inputs that fill the tray; while it is empty, with examples to try."""
    {"upload": _upload, "camera": camera, "gallery": gallery}[source_choice()]()


def source_choice(page: str = "analyze") -> str:
    """Where the visitor takes photographs from: upload, camera or gallery."""
    names = {"upload": _("Upload"), "camera": _("Take a photo"), "gallery": _("Gallery")}
    return st.segmented_control(
        _("Where the photograph comes from"),
        list(names),
        format_func=names.get,
        default="upload",
        required=True,
        key=f"{page}_source",
        persist_state="session",
        label_visibility="collapsed",
    )


def _upload() -> None:
    key = f"analyze_upload_{tray.upload_round()}"
    tray.remember_uploads(key)
    st.file_uploader(
        _("Photographs of skin lesions, taken through a dermatoscope"),
        type=None,
        accept_multiple_files=True,
        key=key,
        on_change=tray.follow_uploads,
        args=(key,),
        help=_("JPEG, PNG, WebP, BMP or TIFF, up to {size} MB each. Several at once are fine.").format(
            size=MAX_BYTES // 1024**2
        ),
    )
    if not tray.items():
        st.markdown(_("Or try one of these:"))
        example_strip(synthetic_examples(), "synthetic")
        st.caption(_("These lesions are synthetic: drawn by a program, not photographs."))


def camera(page: str = "analyze") -> None:
    """A snapshot of the camera, put on the tray."""
    key = f"{page}_camera_{tray.upload_round()}"  # a new field shows no picture of before "Remove all"
    st.camera_input(
        _("Hold the lesion in the middle of the picture, sharp and evenly lit"),
        key=key,
        on_change=_take_photo,
        args=(key,),
        width=640,
    )


def _take_photo(key: str) -> None:
    picture = st.session_state.get(key)
    if picture is not None:
        number = sum(item.name.startswith("camera-") for item in tray.items()) + 1
        tray.add(f"camera-{number}.jpg", picture.getvalue())


def gallery(page: str = "analyze") -> None:
    """Lesions to try: drawn ones, and public photographs once they were fetched."""
    st.caption(_("Synthetic lesions: drawn by a program, not photographs."))
    example_strip(synthetic_examples(), "synthetic", page=page)
    folder = settings().cache_dir / "gallery"
    public = archive_examples(folder)
    if public:
        st.caption(_("Public photographs from the ISIC Archive, licence CC-0."))
        for start in range(0, len(public), 6):
            example_strip(public[start : start + 6], f"archive_{start}", first=start + 1, page=page)
    elif st.button(
        _("Fetch 12 public photographs"),
        icon=":material/download:",
        key=f"{page}_fetch",
        help=_("From the ISIC Archive, licence CC-0. They are kept on this machine. Needs the internet."),
    ):
        _fetch(folder)


def _fetch(folder) -> None:
    bar = st.progress(0.0, _("Asking the ISIC Archive"))

    def count(done: int, total: int) -> None:
        bar.progress(done / total, _("{done} of {total} fetched").format(done=done, total=total))

    with errors_shown():
        fetch_archive_examples(folder, on_progress=count)
        st.rerun()
    bar.empty()


def example_strip(examples: tuple[Example, ...], key: str, first: int = 1, page: str = "analyze") -> None:
    """Six pictures in a row, each with a button that puts it on the tray."""
    with st.container(key=f"gallery_{key}"):
        columns = st.columns(6, wrap=False)
        for number, (column, example) in enumerate(zip(columns, examples, strict=False), start=first):
            with column:
                st.image(example.data, width="stretch", alt=_(example.caption))
                st.button(
                    _("Try {number}").format(number=number),
                    key=f"{page}_try_{example.name}",
                    on_click=tray.add,
                    args=(example.name, example.data, _(example.credit)),
                    width="stretch",
                    help=f"{_(example.caption)}. {_(example.credit)}.",
                )


def photograph_choice(items: Sequence[Item], label: str, key: str, words: str) -> None:
    """One of the visitor's photographs to open; the open one is chosen."""
    names = {item.id: f"{number}. {item.name}" for number, item in enumerate(items, start=1)}
    current = tray.opened()
    if current and current.id in names:
        st.session_state[key] = current.id
    else:
        st.session_state.pop(key, None)
    st.selectbox(
        label,
        list(names),
        format_func=names.get,
        key=key,
        on_change=lambda: tray.open_item(st.session_state[key]),
        help=words,
    )


def tray_line() -> None:
    """How many photographs there are, and the way to begin again."""
    count = len(tray.items())
    words = ngettext("{count} file", "{count} files", count).format(count=count)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"**{words}**")
        st.button(
            _("Remove all"),
            icon=":material/close:",
            type="tertiary",
            key="analyze_clear",
            on_click=tray.clear,
        )
    if tray.left_out():
        words = ngettext(
            "{count} file was left out: {files} files or {size} MB fit at once.",
            "{count} files were left out: {files} files or {size} MB fit at once.",
            tray.left_out(),
        ).format(count=tray.left_out(), files=tray.MOST_FILES, size=tray.MOST_BYTES // 1024**2)
        advice = _("Remove some, then add the others.")
        st.warning(f"{words}  \n{advice}", icon=":material/error:")
