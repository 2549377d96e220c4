"""What a plain linear model says of the rows that measure: the bar that a bundle must clear to be worth its trees.

    python trainer/python/linear_baseline.py --features FILE.arrow --out FILE.json

TF-IDF of the hashed terms (words, word pairs, character n-grams) and a linear SVM with balanced class weights, fitted on the train
split, one for queue and one for urgency. FILE.json gets {"queue": {row id: label}, "urgency": {...}} for the rows of the holdout and of
the recent window. Nothing is tuned on them. The same table gives the same bytes.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

import numpy as np
from feature_table import FeatureTable, read_feature_table, with_terms_in
from sklearn.svm import LinearSVC
from tf_idf import fit_idf, tf_idf

# Inverse regularisation: the usual one of text classification; not tuned, so that it is the same bar for every data set.
C = 0.5

# Of the space of hashed terms: the same for every data set, too.
DIMENSIONS = 32_768


def main() -> None:
    parser = argparse.ArgumentParser(description="Predictions of a linear baseline.")
    for name in ("features", "out"):
        parser.add_argument(f"--{name}", required=True)
    args = parser.parse_args()

    table = with_terms_in(read_feature_table(args.features), DIMENSIONS)
    vectors = tf_idf(table.counts, fit_idf(table.counts[table.of_split("train")]))
    said = {name: predict(table, vectors, labels) for name, labels in (("queue", table.queue), ("urgency", table.urgency))}
    Path(args.out).parent.mkdir(parents=True, exist_ok=True)
    Path(f"{args.out}.part").write_text(json.dumps(said, ensure_ascii=False, sort_keys=True) + "\n", "utf-8")
    os.replace(f"{args.out}.part", args.out)


def predict(table: FeatureTable, vectors, labels: np.ndarray) -> dict[str, str]:
    """The predicted label of every measured row; empty where the train split has fewer than two labels to tell apart."""
    fitted, asked = table.of_split("train"), table.of_split("holdout", "recent")
    fitted = fitted[table.in_scope[fitted] & (labels[fitted] != "")]
    asked = asked[table.in_scope[asked]]
    if len(set(labels[fitted])) < 2 or len(asked) == 0:
        return {}
    model = LinearSVC(C=C, class_weight="balanced", random_state=0).fit(vectors[fitted], labels[fitted])
    return dict(zip(table.id[asked].tolist(), model.predict(vectors[asked]).tolist()))


if __name__ == "__main__":
    try:
        main()
    except (OSError, ValueError) as error:
        sys.exit(f"linear_baseline: {error}")
