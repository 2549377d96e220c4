"""Reads one data set's block of params.yaml."""

from __future__ import annotations

from typing import Any

import yaml


def read_params(path: str, data_set: str) -> dict[str, Any]:
    """Raises ValueError, which names the next step, where the file has no such block."""
    with open(path, encoding="utf-8") as file:
        blocks = yaml.safe_load(file)
    if not isinstance(blocks, dict) or not isinstance(blocks.get(data_set), dict):
        raise ValueError(f'{path} has no block "{data_set}": add one, or name another with --data-set.')
    return blocks[data_set]
