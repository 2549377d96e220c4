"""The linear heads of all models, and the scores that the trees read: as served, and by heads that saw no row of the fold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from feature_table import FeatureTable
from learning_tasks import Task
from linear_heads import (
    Head,
    LinearInput,
    fit_everything,
    fit_head,
    fit_shares,
    least_log_loss,
    linear_input,
    scaled,
    term_scores,
    whole_scores,
    word_scores,
)
from scipy.sparse import csr_matrix
from tf_idf import fit_idf, tf_idf
from word_presence import WordPresence, word_presence


@dataclass(frozen=True)
class HeadScores:
    """By model: the fitted head, and float32 scores [all rows of the table, 2 x labels] of two kinds."""

    idf: np.ndarray
    heads: dict[str, Head]
    words: list[str]  # the vocabulary of the heads' second scores
    strengths: dict[str, float]  # the C that each head was fitted with
    shares: dict[str, np.ndarray]  # how much of each of its two scores a head is made of (fit_shares)
    served: dict[str, np.ndarray]  # what the heads say of any text
    unseen: dict[str, np.ndarray]  # the same, but out of fold for all rows of the train split


def fit_head_scores(table: FeatureTable, tasks: dict[str, Task], params: dict, log) -> HeadScores:
    """Fits each task's head once on all of its rows and once for each fold. `params`: the data set's `train.linear`."""
    idf = fit_idf(table.counts[table.of_split("train")], params["character_scale"])
    vectors = tf_idf(table.counts, idf)
    presence = word_presence(table, params["word_rows"])
    heads, strengths, shares, served, unseen = {}, {}, {}, {}, {}
    for name, task in tasks.items():
        strengths[name] = choose_c(task, table, vectors, presence, params)
        own = {**params, "c": strengths[name]}
        head = fit_task_head(task, table, vectors, presence, task.rows, own)
        scores = out_of_fold_scores(task, table, vectors, presence, scores_of(head, table, vectors, presence), own)
        shares[name] = fit_shares(scores[task.rows], task.target, params.get("class_balance", 1))
        heads[name] = scaled(head, shares[name])
        served[name] = scores_of(heads[name], table, vectors, presence)
        unseen[name] = np.where(
            (table.split == "train")[:, None], scores * np.repeat(shares[name], len(task.labels)), served[name]
        ).astype(np.float32)
        everything, words = shares[name]
        log(
            f"{name}: linear head on {len(task.rows)} rows, C {strengths[name]:g}, "
            f"{everything:.2f} of everything and {words:.2f} of words"
        )
    return HeadScores(idf, heads, presence.words, strengths, shares, served, unseen)


def refit_heads(table: FeatureTable, tasks: dict[str, Task], found: HeadScores, params: dict) -> HeadScores:
    """Each task's head fitted once, on all of its rows, with the strengths and shares that were found. Nothing is out of fold:
    `unseen` is empty."""
    idf = fit_idf(table.counts[table.of_split("train")], params["character_scale"])
    vectors = tf_idf(table.counts, idf)
    presence = word_presence(table, params["word_rows"])
    heads = {
        name: scaled(
            fit_task_head(task, table, vectors, presence, task.rows, {**params, "c": found.strengths[name]}), found.shares[name]
        )
        for name, task in tasks.items()
    }
    served = {name: scores_of(head, table, vectors, presence) for name, head in heads.items()}
    return HeadScores(idf, heads, presence.words, found.strengths, found.shares, served, {})


def choose_c(task: Task, table: FeatureTable, vectors: csr_matrix, presence: WordPresence, params: dict) -> float:
    """The C of a list in `params` whose score over everything has the least log loss out of fold; a single number as it is.

    Labels that people agree on bear a weak penalty, labels that are half noise want a strong one: between the two the right C differs
    fortyfold, and no data set tells it beforehand.
    """
    if not isinstance(params["c"], list):
        return params["c"]
    columns = 1 if task.classes == 2 else task.classes
    scores = {c: np.zeros((len(task.rows), columns)) for c in params["c"]}
    for fitted, held_out in task.folds:
        data = linear_input(table, vectors, presence, task.rows[fitted], params)
        for c in scores:
            model = fit_everything(data, task.rows[fitted], task.target[fitted], c, params)
            said = model.decision_function(data.matrix[task.rows[held_out]])
            scores[c][held_out] = said.reshape(-1, columns)
    losses = {c: least_log_loss(said, task.target, params.get("class_balance", 1)) for c, said in scores.items()}
    return min(losses, key=losses.__getitem__)


def fit_task_head(
    task: Task, table: FeatureTable, vectors: csr_matrix, presence: WordPresence, rows: np.ndarray, params: dict
) -> Head:
    """The task's head, fitted on those of the task's rows that are among `rows`."""
    kept = np.isin(task.rows, rows)
    data: LinearInput = linear_input(table, vectors, presence, rows, params)
    return fit_head(task.labels, data, task.rows[kept], task.target[kept], params)


def scores_of(head: Head, table: FeatureTable, vectors: csr_matrix, presence: WordPresence) -> np.ndarray:
    words = word_scores(head, presence.matrix)
    return whole_scores(head, table, np.arange(len(table.id)), term_scores(head, vectors), words)


def out_of_fold_scores(
    task: Task, table: FeatureTable, vectors: csr_matrix, presence: WordPresence, served: np.ndarray, params: dict
) -> np.ndarray:
    """`served`, but each row of the task by a head that saw no row of its fold: as little to be trusted as a new text's.

    Train rows that the task does not learn from are spread over the folds' heads too. A text without any known word scores
    the very bias of its head: were only these rows scored by the head that serves, a tree could tell them by it.
    """
    scores = served.copy()
    others = np.setdiff1d(table.of_split("train"), task.rows)
    for number, (fitted, held_out) in enumerate(task.folds):
        head = fit_task_head(task, table, vectors, presence, task.rows[fitted], params)
        rows = np.concatenate([task.rows[held_out], others[number :: len(task.folds)]])
        words = word_scores(head, presence.matrix[rows])
        scores[rows] = whole_scores(head, table, rows, term_scores(head, vectors[rows]), words)
    return scores
