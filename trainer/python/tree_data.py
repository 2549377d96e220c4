"""What the trees read, and where they start from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xgboost
from feature_table import FeatureTable


@dataclass(frozen=True)
class TreeData:
    """What the trees of one model read: a matrix for all rows of the table, and where they start from."""

    columns: np.ndarray  # float32 [n, scores of all heads + numeric]
    margin: np.ndarray  # float32 [n, classes]

    def matrix(self, rows: np.ndarray | None = None, **labels: np.ndarray) -> xgboost.DMatrix:
        chosen = slice(None) if rows is None else rows
        return xgboost.DMatrix(self.columns[chosen], base_margin=self.margin[chosen], nthread=1, **labels)


def tree_data(table: FeatureTable, scores: dict[str, np.ndarray], name: str) -> TreeData:
    own = scores[name]
    margin = own if own.shape[1] > 1 else np.hstack([-own / 2, own / 2])  # softmax of it is the sigmoid of the score
    return TreeData(np.hstack([*scores.values(), table.numeric]).astype(np.float32), margin.astype(np.float32))
