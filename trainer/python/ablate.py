"""Prints what each kind of feature adds, beside a linear SVM over TF-IDF, as a Markdown table.

    python trainer/python/ablate.py --features FILE.arrow --params params.yaml --data-set NAME

Macro-F1 of queue and urgency: out of fold on the train split (folds keep near-duplicates together), and on the holdout
for the first row and the shipped one. Choose parameters by the former; the holdout is for reporting.
"""

from __future__ import annotations

import argparse

import numpy as np
from boosting import boost
from feature_table import FeatureTable, read_feature_table
from head_scores import fit_task_head, out_of_fold_scores, scores_of
from learning_tasks import Task, tasks_of, with_folds
from params import read_params
from sklearn.metrics import f1_score
from sklearn.svm import LinearSVC
from tf_idf import fit_idf, tf_idf
from train import say
from tree_data import TreeData, tree_data

MODELS = ["queue", "urgency"]


def main() -> None:
    parser = argparse.ArgumentParser(description="Prints what each kind of feature adds.")
    for name in ("features", "params", "data-set"):
        parser.add_argument(f"--{name}", required=True)
    args = parser.parse_args()
    params = read_params(args.params, args.data_set)
    table = read_feature_table(args.features)
    print("| Reads | Queue | Urgency | Queue, holdout | Urgency, holdout |\n|---|---|---|---|---|")
    for title, scores in rows(table, params["train"], params["seed"]):
        cells = [f"{scores[key]:.3f}" if key in scores else "" for key in ("queue", "urgency", "queue_holdout", "urgency_holdout")]
        print(f"| {title} | {' | '.join(cells)} |", flush=True)


def rows(table: FeatureTable, params: dict, seed: int):
    """(title, macro-F1 by name) of each row of the table."""
    tasks = {name: with_folds(task, table, params["folds"], seed) for name, task in tasks_of(table).items()}
    vectors = tf_idf(table.counts, fit_idf(table.counts[table.of_split("train")]))
    linear = params["linear"]
    off = {"numeric_scale": 0, "embedding_scale": 0, "by_language_scale": 0}
    yield "TF-IDF of terms, linear SVM", svm(table, tasks, vectors)
    yield "terms, logistic regression", heads(table, tasks, vectors, {**linear, **off})
    steps = {**linear, "embedding_scale": 0, "by_language_scale": 0}
    yield "+ numeric features", heads(table, tasks, vectors, steps)
    yield "+ embedding", heads(table, tasks, vectors, {**linear, "by_language_scale": 0})
    yield "+ weights by language (the heads as shipped)", heads(table, tasks, vectors, linear)
    yield "+ trees on scores and numeric features (as shipped)", trees(table, tasks, vectors, params, seed)
    yield "trees on embedding, numeric features and term scores", flat_trees(table, tasks, vectors, params, seed)


def svm(table: FeatureTable, tasks: dict[str, Task], vectors) -> dict[str, float]:
    scores = {}
    for name in MODELS:
        task = tasks[name]
        predicted = np.zeros_like(task.target)
        for fitted, held_out in task.folds:
            model = LinearSVC(C=0.5, random_state=0).fit(vectors[task.rows[fitted]], task.target[fitted])
            predicted[held_out] = model.predict(vectors[task.rows[held_out]])
        scores[name] = macro_f1(task.target, predicted)
        model = LinearSVC(C=0.5, random_state=0).fit(vectors[task.rows], task.target)
        rows, target = holdout_of(table, task, name)
        scores[f"{name}_holdout"] = macro_f1(target, model.predict(vectors[rows]))
    return scores


def heads(table: FeatureTable, tasks: dict[str, Task], vectors, linear: dict) -> dict[str, float]:
    scores = {}
    for name in MODELS:
        task = tasks[name]
        served = np.zeros((len(table.id), len(task.labels)), dtype=np.float32)
        unseen = out_of_fold_scores(task, table, vectors, served, linear)
        scores[name] = macro_f1(task.target, unseen[task.rows].argmax(axis=1))
    return scores


def trees(table: FeatureTable, tasks: dict[str, Task], vectors, params: dict, seed: int) -> dict[str, float]:
    served, unseen = both_scores(table, tasks, vectors, params["linear"])
    scores = {}
    for name in MODELS:
        booster, out_of_fold, _ = boost(tasks[name], tree_data(table, unseen, name), params[name], seed)
        scores[name] = macro_f1(tasks[name].target, out_of_fold.argmax(axis=1))
        rows, target = holdout_of(table, tasks[name], name)
        probabilities = booster.predict(tree_data(table, served, name).matrix(rows))
        scores[f"{name}_holdout"] = macro_f1(target, probabilities.argmax(axis=1))
    return scores


def flat_trees(table: FeatureTable, tasks: dict[str, Task], vectors, params: dict, seed: int) -> dict[str, float]:
    """Trees that read everything side by side and start from nothing."""
    terms_alone = {**params["linear"], "numeric_scale": 0, "embedding_scale": 0, "by_language_scale": 0}
    _, unseen = both_scores(table, tasks, vectors, terms_alone)
    columns = np.hstack([table.embedding, table.numeric, *unseen.values()]).astype(np.float32)
    scores = {}
    for name in MODELS:
        start = np.zeros((len(table.id), tasks[name].classes), dtype=np.float32)
        settings = {**params[name], "max_depth": 3, "colsample_bytree": 0.25, "lambda": 5}
        _, out_of_fold, _ = boost(tasks[name], TreeData(columns, start), settings, seed)
        scores[name] = macro_f1(tasks[name].target, out_of_fold.argmax(axis=1))
    return scores


def both_scores(table: FeatureTable, tasks: dict[str, Task], vectors, linear: dict):
    served, unseen = {}, {}
    for name, task in tasks.items():
        served[name] = scores_of(fit_task_head(task, table, vectors, task.rows, linear), table, vectors)
        unseen[name] = out_of_fold_scores(task, table, vectors, served[name], linear)
        say(f"{name}: linear heads")
    return served, unseen


def holdout_of(table: FeatureTable, task: Task, name: str) -> tuple[np.ndarray, np.ndarray]:
    rows = table.of_split("holdout")
    rows = rows[table.in_scope[rows]]
    labels = table.queue if name == "queue" else table.urgency
    return rows, np.array([task.labels.index(label) for label in labels[rows]])


def macro_f1(target: np.ndarray, predicted: np.ndarray) -> float:
    return f1_score(target, predicted, average="macro")


if __name__ == "__main__":
    main()
