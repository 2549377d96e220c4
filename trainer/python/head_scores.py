"""The linear heads of all models, and the scores that the trees read: as served, and by heads that saw no row of the fold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from feature_table import FeatureTable
from learning_tasks import Task
from linear_heads import Head, LinearInput, fit_head, linear_input, term_scores, whole_scores
from scipy.sparse import csr_matrix
from tf_idf import fit_idf, tf_idf


@dataclass(frozen=True)
class HeadScores:
    """By model: the fitted head, and float32 scores [all rows of the table, labels] of two kinds."""

    idf: np.ndarray
    heads: dict[str, Head]
    served: dict[str, np.ndarray]  # what the API will compute
    unseen: dict[str, np.ndarray]  # the same, but out of fold for the rows that the head is fitted on


def fit_head_scores(table: FeatureTable, tasks: dict[str, Task], params: dict, log) -> HeadScores:
    """Fits each task's head once on all of its rows and once for each fold. `params`: the data set's `train.linear`."""
    idf = fit_idf(table.counts[table.of_split("train")])
    vectors = tf_idf(table.counts, idf)
    heads, served, unseen = {}, {}, {}
    for name, task in tasks.items():
        heads[name] = fit_task_head(task, table, vectors, task.rows, params)
        served[name] = scores_of(heads[name], table, vectors)
        unseen[name] = out_of_fold_scores(task, table, vectors, served[name], params)
        log(f"{name}: linear head on {len(task.rows)} rows")
    return HeadScores(idf, heads, served, unseen)


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
        rows = task.rows[held_out]
        scores[rows] = whole_scores(head, table, rows, term_scores(head, vectors[rows]))
    return scores
