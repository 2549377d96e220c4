"""Fits the linear heads and the three tree models on a feature table.

    python trainer/python/train.py --features FILE.arrow --params params.yaml --data-set NAME --out FOLDER

Reads the rows of the train split to fit, and no label of any other. Writes to FOLDER: heads.npz (idf, linear heads),
{queue,urgency,scope}.json (XGBoost), probabilities.npz (raw, for the rows of all splits, and out of fold for the train
split), training.json (rounds and scores). The same table and parameters give the same bytes on the same platform.

The trees read the heads' scores and the numeric features, and start from their own head's scores (base_margin): they add
what is not linear. They do not read the embedding itself; on about a thousand rows they would only learn its noise
(docs/training.md has the measurement).
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass

import numpy as np
import xgboost
from feature_table import URGENCIES, FeatureTable, read_feature_table
from linear_heads import Head, LinearInput, fit_head, linear_input, term_scores, whole_scores
from params import read_params
from scipy.sparse import csr_matrix
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.utils.class_weight import compute_sample_weight
from spread_thresholds import spread_thresholds
from tf_idf import fit_idf, tf_idf
from tree_data import TreeData, tree_data
from whole_folder import whole_folder


def main() -> None:
    parser = argparse.ArgumentParser(description="Fits the linear heads and the three tree models.")
    for name in ("features", "params", "data-set", "out"):
        parser.add_argument(f"--{name}", required=True)
    args = parser.parse_args()
    params = read_params(args.params, args.data_set)
    trained = train(read_feature_table(args.features), params["train"], params["seed"], say)
    with whole_folder(args.out) as folder:
        np.savez(folder / "heads.npz", **trained.heads)
        for name, booster in trained.boosters.items():
            booster.save_model(folder / f"{name}.json")
        np.savez(folder / "probabilities.npz", **trained.probabilities)
        (folder / "training.json").write_text(json.dumps(trained.report, indent=2, sort_keys=True) + "\n")


@dataclass(frozen=True)
class Trained:
    heads: dict[str, np.ndarray]
    boosters: dict[str, xgboost.Booster]
    probabilities: dict[str, np.ndarray]
    report: dict[str, dict]


def train(table: FeatureTable, params: dict, seed: int, log) -> Trained:
    """The whole way from a table to models. Raises ValueError where XGBoost built something the export cannot carry."""
    tasks = {name: with_folds(task, table, params["folds"], seed) for name, task in tasks_of(table).items()}
    idf = fit_idf(table.counts[table.of_split("train")])
    vectors = tf_idf(table.counts, idf)
    heads, served, unseen = {"idf": idf}, {}, {}
    for name, task in tasks.items():
        head = fit_task_head(task, table, vectors, task.rows, params["linear"])
        heads |= {f"{name}_{part}": getattr(head, part) for part in ("terms", "biases", "dense", "dense_if_flagged")}
        served[name] = scores_of(head, table, vectors)
        unseen[name] = out_of_fold_scores(task, table, vectors, served[name], params["linear"])
        log(f"{name}: linear head on {len(task.rows)} rows")

    boosters, probabilities, report = {}, {}, {}
    for name, task in tasks.items():
        seen, asked = tree_data(table, unseen, name), tree_data(table, served, name)
        fitted, out_of_fold, rounds = boost(task, seen, params[name], seed)
        booster = boosters[name] = spread_thresholds(fitted, np.vstack([seen.columns, asked.columns]))
        probabilities[name] = booster.predict(asked.matrix())
        probabilities[f"{name}_out_of_fold"] = spread(out_of_fold, task.rows, len(table.id))
        score = round(f1_score(task.target, out_of_fold.argmax(axis=1), average="macro"), 4)
        report[name] = {"rows": len(task.rows), "rounds": rounds, "out_of_fold_macro_f1": score}
        log(f"{name}: {rounds} rounds of trees, out-of-fold macro-F1 {score:.3f}")
    return Trained(heads, boosters, probabilities, report)


@dataclass(frozen=True)
class Task:
    """What one model learns: which rows of the table, the class number of each, and folds over them."""

    labels: list[str]  # of the head's columns; one for yes or no
    rows: np.ndarray
    target: np.ndarray
    folds: tuple[tuple[np.ndarray, np.ndarray], ...] = ()

    @property
    def classes(self) -> int:
        return max(2, len(self.labels))


def tasks_of(table: FeatureTable) -> dict[str, Task]:
    """Urgency is learnt from tickets, queue from articles' phrases too; scope from these (0) against all other texts (1)."""
    every = table.of_split("train")
    in_scope, tickets = every[table.in_scope[every]], every[table.is_ticket[every]]
    queues = table.queues
    return {
        "queue": Task(queues, in_scope, np.searchsorted(queues, table.queue[in_scope])),
        "urgency": Task(URGENCIES, tickets, np.array([URGENCIES.index(label) for label in table.urgency[tickets]])),
        "scope": Task(["out_of_scope"], every, (~table.in_scope[every]).astype(int)),
    }


def with_folds(task: Task, table: FeatureTable, folds: int, seed: int) -> Task:
    """Folds over the task's rows that keep near-duplicates together and classes in proportion."""
    splitter = StratifiedGroupKFold(n_splits=folds, shuffle=True, random_state=seed)
    found = tuple(splitter.split(task.rows, task.target, table.group[task.rows]))
    return Task(task.labels, task.rows, task.target, found)


def fit_task_head(
    task: Task, table: FeatureTable, vectors: csr_matrix, rows: np.ndarray, params: dict
) -> Head:
    """The task's head, fitted on those of the task's rows that are among `rows`."""
    kept = np.isin(task.rows, rows)
    data: LinearInput = linear_input(table, vectors, rows, params)
    return fit_head(task.labels, data, task.rows[kept], task.target[kept], params)


def scores_of(head: Head, table: FeatureTable, vectors: csr_matrix) -> np.ndarray:
    return whole_scores(head, table, np.arange(len(table.id)), term_scores(head, vectors))


def out_of_fold_scores(
    task: Task, table: FeatureTable, vectors: csr_matrix, served: np.ndarray, params: dict
) -> np.ndarray:
    """`served`, but each row of the task by a head that saw no row of its fold: as little to be trusted as a new text's."""
    scores = served.copy()
    for fitted, held_out in task.folds:
        head = fit_task_head(task, table, vectors, task.rows[fitted], params)
        scores[task.rows[held_out]] = scores_of(head, table, vectors)[task.rows[held_out]]
    return scores


def boost(task: Task, data: TreeData, params: dict, seed: int) -> tuple[xgboost.Booster, np.ndarray, int]:
    """The model refitted on all rows with the number of rounds that was best on average over the folds.

    Returns the model, the out-of-fold probabilities at that number of rounds, and the number itself.
    """
    weights = compute_sample_weight("balanced", task.target)

    def matrix(rows: np.ndarray) -> xgboost.DMatrix:
        return data.matrix(task.rows[rows], label=task.target[rows], weight=weights[rows])

    boosters, curves = [], []
    for fitted, held_out in task.folds:
        history: dict = {}
        booster = xgboost.train(
            settings(params, task, seed),
            matrix(fitted),
            params["rounds"],
            evals=[(matrix(held_out), "held_out")],
            evals_result=history,
            verbose_eval=False,
        )
        boosters.append(booster)
        curves.append(history["held_out"]["mlogloss"])
    rounds = int(np.mean(curves, axis=0).argmin()) + 1

    out_of_fold = np.zeros((len(task.rows), task.classes), dtype=np.float32)
    for booster, (_, held_out) in zip(boosters, task.folds):
        out_of_fold[held_out] = booster.predict(matrix(held_out), iteration_range=(0, rounds))
    final = xgboost.train(settings(params, task, seed), matrix(np.arange(len(task.rows))), rounds)
    require_plain_trees(final)
    return final, out_of_fold, rounds


def settings(params: dict, task: Task, seed: int) -> dict:
    return {
        **{key: value for key, value in params.items() if key != "rounds"},
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


def spread(values: np.ndarray, rows: np.ndarray, length: int) -> np.ndarray:
    """`values` at `rows` of a matrix of `length` rows, NaN elsewhere."""
    out = np.full((length, values.shape[1]), np.nan, dtype=values.dtype)
    out[rows] = values
    return out


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        main()
    except (OSError, ValueError) as error:
        sys.exit(f"train: {error}")
