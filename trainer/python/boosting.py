"""Gradient-boosted trees over folds that grow side by side, a round at a time.

tune.py looks at a candidate's curve while it grows, train.py takes its best round; both call boost_in_folds, so that a
number of rounds means the same to both.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import xgboost
from learning_tasks import Task
from sklearn.utils.class_weight import compute_sample_weight
from tree_data import TreeData


@dataclass(frozen=True)
class Boosted:
    """What the folds said of one set of parameters."""

    rounds: int  # the best number of them, on average over the folds
    log_loss: float  # there, out of fold, each class weighing the same
    probabilities: np.ndarray  # there, out of fold: float32 [task rows, classes]


def boost_in_folds(
    task: Task, data: TreeData, params: dict, seed: int, each_round: Callable[[int, list[float]], None] | None = None
) -> Boosted:
    """Grows one model a fold, in step, until the mean loss has not fallen for `early_stopping_rounds`, or for `rounds`.

    `each_round(rounds, curve)` is called after each round with the mean held-out log loss of all rounds so far. Raises
    xgboost.core.XGBoostError where a parameter is out of its range, ValueError where the loss is no number.
    """
    folds = []
    for fitted, held_out in task.folds:
        matrices = (matrix_of(task, data, fitted, params), matrix_of(task, data, held_out, params))
        folds.append((xgboost.Booster(settings(params, task, seed), list(matrices)), *matrices, held_out))
    curve: list[float] = []
    for number in range(params["rounds"]):
        losses = []
        for booster, fitted, held_out, _ in folds:
            booster.update(fitted, number)
            losses.append(float(booster.eval_set([(held_out, "held_out")], number).rsplit(":", 1)[1]))
        curve.append(float(np.mean(losses)))
        if not np.isfinite(curve[-1]):
            raise ValueError(f"The loss after {number + 1} rounds is {curve[-1]}: these parameters do not fit the data.")
        if each_round:
            each_round(number + 1, curve)
        if number - int(np.argmin(curve)) >= params["early_stopping_rounds"]:
            break

    rounds = int(np.argmin(curve)) + 1
    probabilities = np.zeros((len(task.rows), task.classes), dtype=np.float32)
    for booster, _, matrix, held_out in folds:
        probabilities[held_out] = booster.predict(matrix, iteration_range=(0, rounds))
    return Boosted(rounds, curve[rounds - 1], probabilities)


def boost(task: Task, data: TreeData, params: dict, seed: int) -> tuple[xgboost.Booster, np.ndarray, int]:
    """The model grown on all rows with the number of rounds that was best on average over the folds.

    Returns the model, the out-of-fold probabilities at that number of rounds, and the number itself.
    """
    found = boost_in_folds(task, data, params, seed)
    return grow(task, data, params, seed, found.rounds), found.probabilities, found.rounds


def grow(task: Task, data: TreeData, params: dict, seed: int, rounds: int) -> xgboost.Booster:
    """The model on all rows of the task, of so many rounds. Raises ValueError where the export could not carry it."""
    every = matrix_of(task, data, np.arange(len(task.rows)), params)
    booster = xgboost.train(settings(params, task, seed), every, rounds)
    require_plain_trees(booster)
    return booster


def matrix_of(task: Task, data: TreeData, rows: np.ndarray, params: dict) -> xgboost.DMatrix:
    """Rows of the task (by their place in it), weighted by class: imbalance must not hide a rare one.

    `class_balance` 1, the default, lets each class weigh the same in all of the task (best for macro-F1), 0 each row; where labels are
    noisy a middle way is better, or a rare class is given whatever is unsure.
    """
    weights = compute_sample_weight("balanced", task.target) ** params.get("class_balance", 1)
    return data.matrix(task.rows[rows], label=task.target[rows], weight=weights[rows])


def settings(params: dict, task: Task, seed: int) -> dict:
    return {
        **{key: value for key, value in params.items() if key not in ("rounds", "early_stopping_rounds", "class_balance")},
        "booster": "gbtree",
        "tree_method": "hist",
        "objective": "multi:softprob",
        "num_class": task.classes,
        "eval_metric": "mlogloss",
        "base_score": 0,  # the margin says where to start
        "seed": seed,
        "nthread": 1,  # sums of floats depend on how threads share the rows
    }


def require_plain_trees(booster: xgboost.Booster) -> None:
    """The ONNX converter reads one gbtree tree a class and round, and reads anything else wrongly without a word."""
    gradient_booster = json.loads(booster.save_config())["learner"]["gradient_booster"]
    parallel = gradient_booster.get("gbtree_model_param", {}).get("num_parallel_tree")
    if gradient_booster["name"] != "gbtree" or parallel != "1":
        raise ValueError(
            f"Only gbtree with num_parallel_tree 1 can be exported, not {gradient_booster['name']} with {parallel}."
        )
