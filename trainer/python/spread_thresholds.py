"""Moves the thresholds of trees away from the values that they part."""

from __future__ import annotations

import json

import numpy as np
import xgboost


def spread_thresholds(booster: xgboost.Booster, columns: np.ndarray) -> xgboost.Booster:
    """The same trees, each threshold in the middle between the two values of its column that it lies between.

    XGBoost puts a threshold on a value of the training rows. A score that the serving code adds up in another order may
    differ from Python's in its last bit, and a row on the threshold would then change sides. `columns` [n, columns of the
    trees] holds every row that is known; none of them changes sides here.
    """
    values = [np.unique(column[np.isfinite(column)]) for column in columns.T.astype(np.float32)]
    model = json.loads(booster.save_raw("json"))
    for tree in model["learner"]["gradient_booster"]["model"]["trees"]:
        for node, left in enumerate(tree["left_children"]):
            if left == -1:  # a leaf, whose condition is its value
                continue
            tree["split_conditions"][node] = middle(values[tree["split_indices"][node]], tree["split_conditions"][node])
    spread = xgboost.Booster()
    spread.load_model(bytearray(json.dumps(model).encode()))
    return spread


def middle(values: np.ndarray, threshold: float) -> float:
    """Between the greatest value below the threshold and the least one that is not; float32, as XGBoost keeps it."""
    place = int(np.searchsorted(values, np.float32(threshold), side="left"))
    if place in (0, len(values)):
        return threshold
    between = np.float32((float(values[place - 1]) + float(values[place])) / 2)
    return float(between) if values[place - 1] < between <= values[place] else threshold
