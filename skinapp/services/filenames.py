"""Names of files that every system takes."""

import re


def file_stem(name: str) -> str:
    """A name that every file system takes, made from the name of an upload.

    >>> file_stem("../Arm, left (2).JPG"), file_stem("...")
    ('Arm-left-2', 'photograph')
    """
    stem = re.split(r"[/\\]", name)[-1].rsplit(".", 1)[0]
    return re.sub(r"[^A-Za-z0-9_-]+", "-", stem).strip("-")[:60] or "photograph"


def unique_name(stem: str, taken: set[str]) -> str:
    """``stem``, or ``stem-2``, ``stem-3``...; the name is added to ``taken`` (upper and lower case alike).

    >>> taken = set()
    >>> unique_name("arm", taken), unique_name("Arm", taken)
    ('arm', 'Arm-2')
    """
    name, count = stem, 1
    while name.lower() in taken:
        count += 1
        name = f"{stem}-{count}"
    taken.add(name.lower())
    return name
