"""Runs a stage's main function: a failure becomes one message with the next step, a signal leaves nothing half-written."""

from __future__ import annotations

import errno
import signal
import sys
from collections.abc import Callable

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def run_stage(name: str, main: Callable[[], None]) -> None:
    """Calls `main` and exits: 0 done, 1 failed with a message on stderr, 128 + n ended by signal n.

    A signal is raised as an exception, so that folders being written and processes being used are cleared on the way out.
    """
    catch_signals()
    try:
        main()
    except OSError as error:
        if error.errno in FULL:
            sys.exit(
                f"{name}: the disk is full ({error.strerror}{f', {error.filename}' if error.filename else ''}). Free some "
                "space (build/ and .cache/ can be made again) and run this again; nothing half-written was left."
            )
        sys.exit(f"{name}: {error}")
    except ValueError as error:
        sys.exit(f"{name}: {error}")
    except MemoryError:
        sys.exit(f"{name}: out of memory. Run this on a machine with more, or take a smaller snapshot, and run this again.")


def catch_signals() -> None:
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)


def stop(number: int, _frame: object) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # the way out is short, and must not be cut
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.exit(128 + number)
