"""Ends the processes that write into a folder when the process that made it is gone, however it went, and removes the folder.

    python trainer/python/end_with_parent.py PID FOLDER        (its stdin a pipe that PID alone holds)

When the pipe closes it kills, by their ids, all processes but PID that have a file in FOLDER open for writing. Ray's agents
outlive a driver that was killed with kill -9, and those of them that are young then know no way to end by themselves. They
cannot be found as its descendants: the kernel ends raylet, their parent, with the driver, and a process of an ended parent
is the init process's. But they hold raylet's log from the moment of their fork.
"""

from __future__ import annotations

import shutil
import sys
import time
from pathlib import Path

import psutil

# A process may be forked while its parent is being ended; two looks in a row that find none, so far apart, are the end.
LOOK_EVERY_S = 0.25


def main() -> None:
    parent, folder = int(sys.argv[1]), Path(sys.argv[2]).resolve()
    sys.stdin.buffer.read()
    looks_that_found_none = 0
    while looks_that_found_none < 2:
        found = [process for process in psutil.process_iter() if process.pid != parent and writes_into(process, folder)]
        for process in found:
            end(process)
        looks_that_found_none = 0 if found else looks_that_found_none + 1
        time.sleep(LOOK_EVERY_S)
    shutil.rmtree(folder, ignore_errors=True)


def writes_into(process: psutil.Process, folder: Path) -> bool:
    try:
        files = process.open_files()
    except psutil.Error:  # it is gone, or another user's
        return False
    # Where the system does not tell the mode, any open file counts.
    return any(folder in Path(file.path).parents and getattr(file, "mode", "w") != "r" for file in files)


def end(process: psutil.Process) -> None:
    try:
        process.kill()  # psutil refuses one that has got the id since
    except psutil.NoSuchProcess:
        pass


if __name__ == "__main__":
    main()
