"""Trains on shuffled labels: an honest pipeline is at chance then. Exits with 2 where it is not.

    python trainer/python/shuffled_labels.py --features FILE.arrow --params params.yaml --data-set NAME

Labels of the train and the calibration split are permuted among their rows (by the seed) before anything is fitted; accuracy is measured
against the true labels of the holdout. Chance is the share of the class most frequent there; a leak of the answer
into the features would show as more.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace

import numpy as np
from feature_table import URGENCIES, FeatureTable, read_feature_table
from learning_tasks import queue_labels
from params import read_params
from train import say, train

# Standard errors above chance that luck may bring.
TOLERATED_ERRORS = 3


def main() -> None:
    parser = argparse.ArgumentParser(description="Trains on shuffled labels.")
    for name in ("features", "params", "data-set"):
        parser.add_argument(f"--{name}", required=True)
    args = parser.parse_args()
    params = read_params(args.params, args.data_set)
    table = read_feature_table(args.features)
    trained = train(shuffled(table, params["seed"]), params["train"], params["seed"], say)

    holdout = table.of_split("holdout")
    holdout = holdout[table.in_scope[holdout]]
    leaks = False
    for name, labels, given in (("queue", queue_labels(table), table.queue), ("urgency", URGENCIES, table.urgency)):
        rows = holdout[np.isin(given[holdout], labels)]
        if len(rows) == 0:
            continue
        truth = given[rows]
        accuracy = (np.array(labels)[trained.probabilities[name][rows].argmax(axis=1)] == truth).mean()
        chance = max((truth == label).mean() for label in labels)
        limit = chance + TOLERATED_ERRORS * np.sqrt(chance * (1 - chance) / len(truth))
        leaks |= bool(accuracy > limit)
        print(f"{name}: accuracy {accuracy:.3f} on {len(truth)} rows, chance {chance:.3f}, limit {limit:.3f}")
    sys.exit(2 if leaks else 0)


def shuffled(table: FeatureTable, seed: int) -> FeatureTable:
    """The table with the pairs (queue, urgency) of the tickets that models are fitted on permuted."""
    rows = table.of_split("train", "calibration")
    rows = rows[table.in_scope[rows]]
    moved = np.random.default_rng(seed).permutation(rows)
    queue, urgency = table.queue.copy(), table.urgency.copy()
    queue[rows], urgency[rows] = table.queue[moved], table.urgency[moved]
    return replace(table, queue=queue, urgency=urgency)


if __name__ == "__main__":
    main()
