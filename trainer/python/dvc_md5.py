"""The MD5 that DVC gives a tracked folder, so that a bundle can name its data without asking dvc.lock."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path


def dvc_md5(folder: str) -> str:
    """MD5 of the JSON list of [{"md5", "relpath"}], sorted by path, with DVC's ending ".dir"."""
    root = Path(folder)
    files = sorted(path for path in root.rglob("*") if path.is_file())
    entries = [
        {"md5": hashlib.md5(path.read_bytes()).hexdigest(), "relpath": path.relative_to(root).as_posix()}
        for path in files
    ]
    entries.sort(key=lambda entry: entry["relpath"])
    return hashlib.md5(json.dumps(entries, sort_keys=True).encode()).hexdigest() + ".dir"
