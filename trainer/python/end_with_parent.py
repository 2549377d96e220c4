"""Ends what a process started when that process is gone, however it went.

    python trainer/python/end_with_parent.py PID        (its stdin a pipe that PID alone holds)

Notes all descendants of PID once a second. When the pipe closes it kills, by their ids, those that are still there: Ray's
agents outlive a driver that was killed with kill -9.
"""

from __future__ import annotations

import select
import sys

import psutil

# A process this young may be missed if its parent is killed in that moment.
LOOK_EVERY_S = 1


def main() -> None:
    parent = int(sys.argv[1])
    known: dict[int, psutil.Process] = {}
    while True:
        for child in descendants(parent):
            known[child.pid] = child
        ready, _, _ = select.select([sys.stdin], [], [], LOOK_EVERY_S)
        if ready and not sys.stdin.buffer.read(1):
            break
    for child in known.values():
        for late in [*descendants(child.pid), child]:
            end(late)


def end(process: psutil.Process) -> None:
    try:
        process.kill()  # psutil refuses one that has got the id since
    except psutil.NoSuchProcess:
        pass


def descendants(pid: int) -> list[psutil.Process]:
    try:
        found = psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []
    return [child for child in found if child.pid != psutil.Process().pid]


if __name__ == "__main__":
    main()
