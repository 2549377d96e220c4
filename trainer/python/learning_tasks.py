"""What each model learns: which rows of a feature table, which classes, and in which folds."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np
from feature_table import URGENCIES, FeatureTable
from sklearn.model_selection import StratifiedGroupKFold

# The models of a bundle, and its heads, in this order.
MODELS = ["queue", "urgency", "scope"]

# Splits whose labels the model is measured on. A class of "recent" alone is new since the model was trained, and counts as missed.
MEASURED = ("calibration", "holdout")


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
    """The tasks by model, over rows of the train split that have the label asked for; no other split's labels are read.

    Urgency is learnt from tickets, queue from articles' phrases too; scope from these (0) against all other texts (1).
    """
    every = table.of_split("train")
    with_queue = every[table.in_scope[every] & (table.queue[every] != "")]
    with_urgency = every[table.in_scope[every] & (table.urgency[every] != "")]
    queues = queue_labels(table)
    return {
        "queue": Task(queues, with_queue, np.searchsorted(queues, table.queue[with_queue])),
        "urgency": Task(
            URGENCIES, with_urgency, np.array([URGENCIES.index(label) for label in table.urgency[with_urgency]], dtype=int)
        ),
        "scope": Task(["out_of_scope"], every, (~table.in_scope[every]).astype(int)),
    }


def with_calibration(table: FeatureTable) -> FeatureTable:
    """The table with the calibration split's rows in the train split: what the models that serve are fitted on last."""
    return replace(table, split=np.where(table.split == "calibration", "train", table.split))


def queue_labels(table: FeatureTable) -> list[str]:
    """The classes of the queue model, in the order of its probabilities: those of the train split."""
    rows = table.of_split("train")
    return sorted(set(table.queue[rows[table.in_scope[rows]]]) - {""})


def with_folds(task: Task, table: FeatureTable, folds: int, seed: int) -> Task:
    """Folds over the task's rows that keep near-duplicates together and classes in proportion."""
    splitter = StratifiedGroupKFold(n_splits=folds, shuffle=True, random_state=seed)
    return replace(task, folds=tuple(splitter.split(task.rows, task.target, table.group[task.rows])))


def require_learnable(table: FeatureTable, tasks: dict[str, Task], folds: int) -> None:
    """Raises ValueError, with all that is wrong and the next step, where a task has too little to learn from.

    Each class must be in as many near-duplicate groups as there are folds, so that no fold is trained without it.
    """
    if len(table.of_split("train")) == 0:
        raise ValueError(
            f"The feature table has {len(table.id)} rows and none in the train split. Take a snapshot of labelled tickets and run this again."
        )
    found = []
    for name, task in tasks.items():
        names = ["in scope", "out of scope"] if name == "scope" else task.labels
        if len(names) < 2:
            found.append(f"{name}: {len(names)} class{'' if names else 'es'} ({', '.join(names) or 'no label at all'}), and a model tells at least two apart")
            continue
        groups = Counter(number for number, _ in set(zip(task.target.tolist(), table.group[task.rows].tolist())))
        for number, label in enumerate(names):
            if groups[number] < folds:
                rows = int((task.target == number).sum())
                found.append(f'{name} "{label}": {rows} rows in {groups[number]} groups of the train split, at least {folds} groups are needed')
    measured = table.of_split(*MEASURED)
    for label in sorted(set(table.queue[measured[table.in_scope[measured]]]) - {"", *tasks["queue"].labels}):
        found.append(f'queue "{label}": in the calibration split or the holdout, and in no row of the train split')
    if found:
        raise ValueError(
            "There is too little to learn from:\n"
            + "".join(f"  {line}\n" for line in found)
            + "Label more tickets of these classes, or give them to another queue; then take a new snapshot and run this again."
        )
