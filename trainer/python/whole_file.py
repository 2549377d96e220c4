"""Writes a file so that it is there whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole_file(path: str) -> Iterator[Path]:
    """Gives `<path>.part` to write; it takes the file's name at the end of the block, and goes where the block raised."""
    temporary = Path(f"{path}.part")
    temporary.parent.mkdir(parents=True, exist_ok=True)
    try:
        yield temporary
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
