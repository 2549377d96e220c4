"""Writes a folder so that it is there whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole_folder(folder: str) -> Iterator[Path]:
    """Gives `<folder>.part` to fill; it takes the folder's name at the end of the block, and goes where the block raised.

    One that a killed run left is made anew.
    """
    temporary = Path(f"{folder}.part")
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    try:
        yield temporary
        shutil.rmtree(folder, ignore_errors=True)
        os.replace(temporary, folder)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
