"""Prints what each kind of feature adds, beside a linear SVM over TF-IDF, as a Markdown table.

    python trainer/python/ablate.py --features FILE.arrow --params params.yaml --data-set NAME

Weighted / macro F1 of queue and urgency: out of fold on the train split (folds keep near-duplicates together), and on the
holdout for the first row and the last two. Choose parameters by the former; the holdout is for reporting.
"""

from __future__ import annotations

import argparse

import numpy as np
from boosting import boost
from feature_table import FeatureTable, read_feature_table, with_terms_in
from head_scores import HeadScores, choose_c, fit_head_scores, out_of_fold_scores
from learning_tasks import Task, tasks_of, with_folds
from params import read_params
from sklearn.metrics import f1_score
from sklearn.svm import LinearSVC
from tf_idf import fit_idf, tf_idf
from train import say, train
from tree_data import halves, tree_data
from word_presence import word_presence

MODELS = ["queue", "urgency"]
COLUMNS = ["queue", "urgency", "queue_holdout", "urgency_holdout"]


def main() -> None:
    parser = argparse.ArgumentParser(description="Prints what each kind of feature adds.")
    for name in ("features", "params", "data-set"):
        parser.add_argument(f"--{name}", required=True)
    args = parser.parse_args()
    params = read_params(args.params, args.data_set)
    table = with_terms_in(read_feature_table(args.features), params["train"]["linear"]["lexical_dimensions"])
    print("| Reads | Queue | Urgency | Queue, holdout | Urgency, holdout |\n|---|---|---|---|---|")
    for title, scores in rows(table, params["train"], params["seed"]):
        print(f"| {title} | {' | '.join(scores.get(column, '') for column in COLUMNS)} |", flush=True)


def rows(table: FeatureTable, params: dict, seed: int):
    """(title, scores by column) of each row of the table."""
    tasks = {name: with_folds(task, table, params["folds"], seed) for name, task in tasks_of(table).items()}
    linear = params["linear"]
    vectors = tf_idf(table.counts, fit_idf(table.counts[table.of_split("train")], linear["character_scale"]))
    yield "hashed terms, linear SVM", svm(table, tasks, vectors)
    off = {"numeric_scale": 0, "embedding_scale": 0, "by_language_scale": 0}
    for title, changed in (
        ("hashed terms, logistic regression", off),
        ("+ numeric features", {"embedding_scale": 0, "by_language_scale": 0}),
        ("+ embedding", {"by_language_scale": 0}),
        ("+ weights by language: the score over everything", {}),
    ):
        yield title, over_everything(table, tasks, vectors, {**linear, **changed})
    scores = fit_head_scores(table, tasks, linear, say)
    words = {name: halves(scores.unseen[name])[1] for name in MODELS}
    yield "words alone, L1: the score over words", {name: f1(tasks[name], words[name]) for name in MODELS}
    both = {name: sum(halves(scores.unseen[name])) for name in MODELS}
    yield "both scores added, in fitted shares", {name: f1(tasks[name], both[name]) for name in MODELS}
    yield "+ trees on scores and numeric features", trees(table, tasks, scores, params, seed)
    yield "all of it fitted once more on both splits (as shipped)", on_both_splits(table, tasks, params, seed)


def svm(table: FeatureTable, tasks: dict[str, Task], vectors) -> dict[str, str]:
    scores = {}
    for name in MODELS:
        task = tasks[name]
        predicted = np.zeros_like(task.target)
        for fitted, held_out in task.folds:
            model = LinearSVC(C=0.5, class_weight="balanced", random_state=0).fit(vectors[task.rows[fitted]], task.target[fitted])
            predicted[held_out] = model.predict(vectors[task.rows[held_out]])
        scores[name] = both_f1(task.target, predicted)
        model = LinearSVC(C=0.5, class_weight="balanced", random_state=0).fit(vectors[task.rows], task.target)
        rows, target = holdout_of(table, task, name)
        scores[f"{name}_holdout"] = both_f1(target, model.predict(vectors[rows])) if len(rows) else ""
    return scores


def over_everything(table: FeatureTable, tasks: dict[str, Task], vectors, linear: dict) -> dict[str, str]:
    scores, presence = {}, word_presence(table, linear["word_rows"])
    for name in MODELS:
        task = tasks[name]
        served = np.zeros((len(table.id), 2 * len(task.labels)), dtype=np.float32)
        own = {**linear, "c": choose_c(task, table, vectors, presence, linear)}
        unseen = out_of_fold_scores(task, table, vectors, presence, served, own)
        scores[name] = f1(task, halves(unseen)[0])
    return scores


def trees(table: FeatureTable, tasks: dict[str, Task], heads: HeadScores, params: dict, seed: int) -> dict[str, str]:
    scores = {}
    for name in MODELS:
        booster, out_of_fold, _ = boost(tasks[name], tree_data(table, heads.unseen, name), params[name], seed)
        scores[name] = both_f1(tasks[name].target, out_of_fold.argmax(axis=1))
        rows, target = holdout_of(table, tasks[name], name)
        if len(rows):
            probabilities = booster.predict(tree_data(table, heads.served, name).matrix(rows))
            scores[f"{name}_holdout"] = both_f1(target, probabilities.argmax(axis=1))
    return scores


def on_both_splits(table: FeatureTable, tasks: dict[str, Task], params: dict, seed: int) -> dict[str, str]:
    """The holdout alone: nothing is out of fold then."""
    scores, trained = {}, train(table, params, seed, say)
    for name in MODELS:
        rows, target = holdout_of(table, tasks[name], name)
        if len(rows):
            scores[f"{name}_holdout"] = both_f1(target, trained.probabilities[name][rows].argmax(axis=1))
    return scores


def holdout_of(table: FeatureTable, task: Task, name: str) -> tuple[np.ndarray, np.ndarray]:
    labels = table.queue if name == "queue" else table.urgency
    rows = table.of_split("holdout")
    rows = rows[table.in_scope[rows] & np.isin(labels[rows], task.labels)]
    return rows, np.array([task.labels.index(label) for label in labels[rows]], dtype=int)


def f1(task: Task, scores: np.ndarray) -> str:
    """Of scores [rows of the table, labels], on the task's rows."""
    return both_f1(task.target, scores[task.rows].argmax(axis=1))


def both_f1(target: np.ndarray, predicted: np.ndarray) -> str:
    return " / ".join(f"{f1_score(target, predicted, average=average):.3f}" for average in ("weighted", "macro"))


if __name__ == "__main__":
    main()
