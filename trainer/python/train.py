"""Fits the linear heads and the three tree models on a feature table, from each of two seeds.

    python trainer/python/train.py --features FILE.arrow --params params.yaml --data-set NAME --best-params FILE.json
        --out FOLDER

Everything is fitted twice. First on the train split alone: this finds the shares of the heads' scores and the number of trees,
and says what such models think of rows that they have not seen (out of fold for the train split, plainly for the
calibration split). Temperatures and thresholds are fitted on that. Then, with what was found, once more on both splits together:
these models serve. No label of another split is read.

Writes to FOLDER: heads.npz (idf, linear heads), {queue,urgency,scope}.json (XGBoost), probabilities.npz (raw, of the models that
serve, for the rows of all splits; and those on unseen rows, for the train and the calibration split), training.json (rounds and
scores); and the same in FOLDER/second-seed from the next seed, whose folds and draws are others: a candidate must be good both times
(docs/training.md). The same table, parameters and best-params file give the same bytes on the same platform.

The trees read the heads' scores and the numeric features, and start from their own head's scores (base_margin): they add
what is not linear. They do not read the embedding itself; on about a thousand rows they would only learn its noise
(docs/training.md has the measurement).
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import xgboost
from best_params import read_best_params
from boosting import boost, grow
from feature_table import FeatureTable, read_feature_table, with_terms_in
from head_scores import HeadScores, fit_head_scores, refit_heads
from learning_tasks import require_learnable, tasks_of, with_calibration, with_folds
from params import read_params
from run_stage import run_stage
from sklearn.metrics import f1_score
from spread_thresholds import spread_thresholds
from tree_data import tree_data
from whole_folder import whole_folder

# The folder of the second seed's models inside the first's.
SECOND_SEED = "second-seed"


def main() -> None:
    parser = argparse.ArgumentParser(description="Fits the linear heads and the three tree models.")
    for name in ("features", "params", "data-set", "best-params", "out"):
        parser.add_argument(f"--{name}", required=True)
    args = parser.parse_args()
    params = read_params(args.params, args.data_set)
    settings = with_best(params["train"], read_best_params(args.best_params))
    table = read_feature_table(args.features)
    with whole_folder(args.out) as folder:
        for place, seed in ((folder, params["seed"]), (folder / SECOND_SEED, params["seed"] + 1)):
            write_models(place, train(table, settings, seed, lambda line: say(f"seed {seed}, {line}")))


def with_best(params: dict, best: dict[str, dict]) -> dict:
    """The data set's `train` block, with what was found for each model in place of its starting values."""
    return {**params, **{name: {**params[name], **found} for name, found in best.items()}}


@dataclass(frozen=True)
class Trained:
    heads: dict[str, np.ndarray]
    boosters: dict[str, xgboost.Booster]
    probabilities: dict[str, np.ndarray]
    report: dict[str, dict]


def train(table: FeatureTable, params: dict, seed: int, log) -> Trained:
    """The whole way from a table to models. `params`: a `train` block of params.yaml.

    Raises ValueError where a class has too few rows, there is no such lexical space, or XGBoost built something the export cannot carry.
    """
    table = with_terms_in(table, params["linear"]["lexical_dimensions"])
    tasks = tasks_of(table)
    require_learnable(table, tasks, params["folds"])
    tasks = {name: with_folds(task, table, params["folds"], seed) for name, task in tasks.items()}
    first = fit_head_scores(table, tasks, params["linear"], log)
    both_splits = with_calibration(table)
    tasks_of_both = tasks_of(both_splits)
    last = refit_heads(both_splits, tasks_of_both, first, params["linear"])
    heads = {"idf": last.idf, **vocabulary(last)}
    for name, head in last.heads.items():
        heads |= {f"{name}_{part}": getattr(head, part) for part in ("terms", "biases", "dense", "dense_if_flagged")}

    boosters, probabilities, report = {}, {}, {}
    calibration = table.of_split("calibration")
    for name, task in tasks.items():
        seen = tree_data(table, first.unseen, name)
        booster, out_of_fold, rounds = boost(task, seen, params[name], seed)
        unseen = spread(out_of_fold, task.rows, len(table.id))
        if len(calibration):
            unseen[calibration] = booster.predict(seen.matrix(calibration))
        probabilities[f"{name}_unseen"] = unseen

        asked = tree_data(table, last.served, name)
        grown = grow(tasks_of_both[name], seen, params[name], seed, rounds)
        boosters[name] = spread_thresholds(grown, np.vstack([seen.columns, asked.columns]))
        probabilities[name] = boosters[name].predict(asked.matrix())
        score = round(f1_score(task.target, out_of_fold.argmax(axis=1), average="macro"), 4)
        report[name] = {
            "rows": len(tasks_of_both[name].rows),
            "c": first.strengths[name],
            "rounds": rounds,
            "out_of_fold_macro_f1": score,
        }
        log(f"{name}: {rounds} rounds of trees, out-of-fold macro-F1 {score:.3f}; refitted on {report[name]['rows']} rows")
    return Trained(heads, boosters, probabilities, report)


def vocabulary(scores: HeadScores) -> dict[str, np.ndarray]:
    """The words that have a weight in any head, and each head's weights of them and biases."""
    used = np.any([np.any(head.words, axis=0) for head in scores.heads.values()], axis=0)
    found = {"vocabulary": np.array(scores.words)[used]}
    for name, head in scores.heads.items():
        found |= {f"{name}_words": head.words[:, used], f"{name}_word_biases": head.word_biases}
    return found


def spread(values: np.ndarray, rows: np.ndarray, length: int) -> np.ndarray:
    """`values` at `rows` of a matrix of `length` rows, NaN elsewhere."""
    out = np.full((length, values.shape[1]), np.nan, dtype=values.dtype)
    out[rows] = values
    return out


def write_models(folder: Path, trained: Trained) -> None:
    folder.mkdir(exist_ok=True)
    np.savez(folder / "heads.npz", **trained.heads)
    for name, booster in trained.boosters.items():
        # Not save_model: that one does not say when the disk is full.
        (folder / f"{name}.json").write_bytes(booster.save_raw("json"))
    np.savez(folder / "probabilities.npz", **trained.probabilities)
    (folder / "training.json").write_text(json.dumps(trained.report, indent=2, sort_keys=True) + "\n", "utf-8")


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    run_stage("train", main)
