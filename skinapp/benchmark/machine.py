"""What the numbers were measured on."""

import os
import platform
from pathlib import Path
from typing import Any

import torch


def machine() -> dict[str, Any]:
    """Processor, cores, threads, load of the last minute per core, graphics card and versions."""
    return {
        "cpu": _field("/proc/cpuinfo", "model name") or platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
        "gpu": torch.cuda.get_device_name(0) if torch.cuda.is_available() else None,
        "torch": torch.__version__,
        "python": platform.python_version(),
    }


def resident_mb() -> float | None:
    """Resident memory of this process in MB (2**20 bytes); None outside Linux."""
    size = _field("/proc/self/status", "VmRSS")
    return int(size.removesuffix("kB")) / 1024 if size else None


def _field(path: str, key: str) -> str | None:
    """The first value of ``key`` in a file of ``key : value`` lines; None where there is none."""
    if not Path(path).is_file():
        return None
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        name, _colon, value = line.partition(":")
        if name.strip() == key:
            return value.strip()
    return None
