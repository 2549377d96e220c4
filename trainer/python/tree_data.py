"""What the trees read, and where they start from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xgboost
from feature_table import FeatureTable


@dataclass(frozen=True)
class TreeData:
    """What the trees of one model read: a matrix for all rows of the table, and where they start from."""

    columns: np.ndarray  # float32 [n, scores over everything of all heads + scores over words of all heads + numeric]
    margin: np.ndarray  # float32 [n, classes]

    def matrix(self, rows: np.ndarray | None = None, **labels: np.ndarray) -> xgboost.DMatrix:
        chosen = slice(None) if rows is None else rows
        return xgboost.DMatrix(self.columns[chosen], base_margin=self.margin[chosen], nthread=1, **labels)


def tree_data(table: FeatureTable, scores: dict[str, np.ndarray], name: str) -> TreeData:
    """`scores`: by model, what linear_heads.whole_scores gives, in the order of the bundle's heads."""
    over_everything = [halves(own)[0] for own in scores.values()]
    over_words = [halves(own)[1] for own in scores.values()]
    columns = np.hstack([*over_everything, *over_words, table.numeric]).astype(np.float32)
    everything, words = halves(scores[name])
    own = everything + words  # the head has scaled them for it
    margin = own if own.shape[1] > 1 else np.hstack([-own / 2, own / 2])  # softmax of it is the sigmoid of the score
    return TreeData(columns, margin.astype(np.float32))


def halves(scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A head's scores over everything and over words, each [n, labels]."""
    labels = scores.shape[1] // 2
    return scores[:, :labels], scores[:, labels:]
