"""How many processors this process may really use: a container's limit is not in the affinity, which names the whole machine's."""

from __future__ import annotations

import os
from pathlib import Path


def usable_cpus() -> int:
    """Processors of this process's affinity, or fewer where a cgroup (v2) of Linux limits their time."""
    known = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return capped(known, cpu_limits(Path("/proc/self/cgroup"), Path("/sys/fs/cgroup")))


def capped(cpus: int, limits: list[str]) -> int:
    """`cpus`, or what the smallest of the limits allows: whole processors, at least one. `limits`: contents of cpu.max files,
    "QUOTA PERIOD" in microseconds, or "max PERIOD" for none; what is written otherwise limits nothing."""
    for limit in limits:
        words = limit.split()
        if len(words) == 2 and all(word.isdecimal() for word in words) and int(words[1]) > 0:
            cpus = min(cpus, int(words[0]) // int(words[1]))
    return max(1, cpus)


def cpu_limits(own: Path, root: Path) -> list[str]:
    """The cpu.max of this process's cgroup and of those above it; none where there is no cgroup v2. `own`: /proc/self/cgroup."""
    try:
        lines = own.read_text("utf-8").splitlines()
    except OSError:
        return []
    path = next((line.removeprefix("0::/") for line in lines if line.startswith("0::/")), None)
    if path is None:
        return []
    folders = [root / path, *(root / path).parents]
    files = [folder / "cpu.max" for folder in folders if folder == root or root in folder.parents]
    return [file.read_text("utf-8") for file in files if file.is_file()]
