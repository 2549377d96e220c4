"""Fits the lexical heads and the three tree models on a feature table.

    python trainer/python/train.py --features FILE.arrow --params params.yaml --data-set NAME --out FOLDER

Reads the rows of the train split to fit, and no label of any other. Writes to FOLDER: lexical.npz (idf, heads),
{queue,urgency,scope}.json (XGBoost), probabilities.npz (raw, for the rows of all splits, and out of fold for the train
split), training.json (rounds and scores). The same table and parameters give the same bytes on the same platform.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass

import numpy as np
import xgboost
from feature_table import URGENCIES, FeatureTable, read_feature_table
from lexical import fit_head, fit_idf, out_of_fold_scores, tf_idf
from params import read_params
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.utils.class_weight import compute_sample_weight
from whole_folder import whole_folder

MODELS = ["queue", "urgency", "scope"]


def main() -> None:
    parser = argparse.ArgumentParser(description="Fits the lexical heads and the three tree models.")
    for name in ("features", "params", "data-set", "out"):
        parser.add_argument(f"--{name}", required=True)
    args = parser.parse_args()
    params = read_params(args.params, args.data_set)
    trained = train(read_feature_table(args.features), params["train"], params["seed"], say)
    with whole_folder(args.out) as folder:
        np.savez(folder / "lexical.npz", **trained.lexical)
        for name, model in trained.models.items():
            model.save_model(folder / f"{name}.json")
        np.savez(folder / "probabilities.npz", **trained.probabilities)
        (folder / "training.json").write_text(json.dumps(trained.report, indent=2, sort_keys=True) + "\n")


@dataclass(frozen=True)
class Trained:
    lexical: dict[str, np.ndarray]
    models: dict[str, xgboost.XGBClassifier]
    probabilities: dict[str, np.ndarray]
    report: dict[str, object]


def train(table: FeatureTable, params: dict, seed: int, log) -> Trained:
    """The whole way from a table to models. Raises ValueError where XGBoost built something the export cannot carry."""
    tasks = tasks_of(table)
    vectors, lexical, scores, scores_out_of_fold = fit_lexical(table, tasks, params, seed)
    served_rows = np.hstack([table.embedding, table.numeric, scores]).astype(np.float32)
    training_rows = np.hstack([table.embedding, table.numeric, scores_out_of_fold]).astype(np.float32)

    models, probabilities, report = {}, {}, {}
    for name, task in tasks.items():
        rows, target = task.rows, task.target
        model, out_of_fold, rounds = fit_trees(training_rows[rows], target, folds_of(table, rows, target, params, seed), params[name], seed)
        models[name] = model
        probabilities[f"{name}_out_of_fold"] = spread(out_of_fold, rows, len(table.id))
        probabilities[name] = model.predict_proba(served_rows)
        score = f1_score(target, out_of_fold.argmax(axis=1), average="macro")
        report[name] = {"rows": len(rows), "rounds": rounds, "out_of_fold_macro_f1": round(score, 4)}
        log(f"{name}: {len(rows)} rows, {rounds} rounds, out-of-fold macro-F1 {score:.3f}")
    return Trained(lexical, models, probabilities, report)


@dataclass(frozen=True)
class Task:
    """What one model learns: which rows of the table, and the class number of each of them."""

    labels: list[str]
    rows: np.ndarray
    target: np.ndarray


def tasks_of(table: FeatureTable) -> dict[str, Task]:
    """Queue and urgency are learnt from tickets alone; scope from tickets (0) against everything else (1)."""
    every = table.of_split("train")
    tickets = every[table.in_scope[every]]
    queues = table.queues
    return {
        "queue": Task(queues, tickets, np.searchsorted(queues, table.queue[tickets])),
        "urgency": Task(URGENCIES, tickets, np.array([URGENCIES.index(label) for label in table.urgency[tickets]])),
        "scope": Task(["out_of_scope"], every, (~table.in_scope[every]).astype(int)),
    }


def folds_of(table: FeatureTable, rows: np.ndarray, target: np.ndarray, params: dict, seed: int):
    """Folds over `rows` that keep near-duplicates together and classes in proportion."""
    splitter = StratifiedGroupKFold(n_splits=params["folds"], shuffle=True, random_state=seed)
    return list(splitter.split(rows, target, table.group[rows]))


def fit_lexical(table: FeatureTable, tasks: dict[str, Task], params: dict, seed: int):
    """The heads as served, their scores for every row, and the same with the train rows' own scores out of fold."""
    idf = fit_idf(table.counts[table.of_split("train")])
    vectors = tf_idf(table.counts, idf)
    lexical, served, training = {"idf": idf}, [], []
    for name, task in tasks.items():
        c = params["lexical_c"][name]
        own = vectors[task.rows]
        head = fit_head(name, task.labels, own, task.target, c).rounded_to_float16()
        lexical[f"{name}_weights"], lexical[f"{name}_biases"] = head.weights, head.biases
        scores = head.scores(vectors)
        served.append(scores)
        scores = scores.copy()
        folds = folds_of(table, task.rows, task.target, params, seed)
        scores[task.rows] = out_of_fold_scores(name, task.labels, own, task.target, folds, c)
        training.append(scores)
    return vectors, lexical, np.hstack(served), np.hstack(training)


def fit_trees(rows: np.ndarray, target: np.ndarray, folds, params: dict, seed: int):
    """The model refitted on all rows with the number of rounds that was best on average over the folds.

    Returns the model, the out-of-fold probabilities at that number of rounds, and the number itself.
    """
    weights = compute_sample_weight("balanced", target)
    fold_models, curves = [], []
    for fitted, held_out in folds:
        model = classifier(params, seed, target)
        model.fit(
            rows[fitted],
            target[fitted],
            sample_weight=weights[fitted],
            eval_set=[(rows[held_out], target[held_out])],
            sample_weight_eval_set=[weights[held_out]],
            verbose=False,
        )
        fold_models.append(model)
        curves.append(next(iter(model.evals_result()["validation_0"].values())))
    rounds = int(np.mean(curves, axis=0).argmin()) + 1

    out_of_fold = np.zeros((len(target), len(np.unique(target))), dtype=np.float32)
    for model, (_, held_out) in zip(fold_models, folds):
        out_of_fold[held_out] = model.predict_proba(rows[held_out], iteration_range=(0, rounds))

    final = classifier({**params, "n_estimators": rounds}, seed, target)
    final.fit(rows, target, sample_weight=weights)
    require_plain_trees(final)
    return final, out_of_fold, rounds


def classifier(params: dict, seed: int, target: np.ndarray) -> xgboost.XGBClassifier:
    binary = len(np.unique(target)) == 2
    return xgboost.XGBClassifier(
        **params,
        booster="gbtree",
        tree_method="hist",
        objective="binary:logistic" if binary else "multi:softprob",
        eval_metric="logloss" if binary else "mlogloss",
        random_state=seed,
        n_jobs=1,  # sums of floats depend on how threads share the rows
    )


def require_plain_trees(model: xgboost.XGBClassifier) -> None:
    """The ONNX converter reads one gbtree tree a class and round, and reads anything else wrongly without a word."""
    learner = json.loads(model.get_booster().save_config())["learner"]
    booster = learner["gradient_booster"]
    parallel = booster.get("gbtree_model_param", {}).get("num_parallel_tree")
    if booster["name"] != "gbtree" or parallel != "1":
        raise ValueError(f"Only gbtree with num_parallel_tree 1 can be exported, not {booster['name']} with {parallel}.")


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
