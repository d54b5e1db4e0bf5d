"""Keeps resident memory level while many threads answer."""

import ctypes
import sys

LARGE_BYTES = 256 * 1024
_M_MMAP_THRESHOLD = -3  # in glibc's malloc.h


def return_large_blocks() -> bool:
    """Let every block over `LARGE_BYTES` go back to the system when it is freed; True where that can be set.

    By itself glibc raises this limit with each larger block that is freed. Features and frames, made in one
    thread and freed in another, then leave holes in its heap: with heat maps a stream grew by 2 MB a second.
    """
    if sys.platform != "linux":
        return False
    library = ctypes.CDLL(None)
    return hasattr(library, "mallopt") and library.mallopt(_M_MMAP_THRESHOLD, LARGE_BYTES) == 1
