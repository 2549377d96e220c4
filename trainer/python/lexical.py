"""The linear models over hashed terms: TF-IDF, logistic regression, out-of-fold scores.

The formulas are those of shared/src/features/lexical-vector.ts and lexical-scores.ts, which serve them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

# A head's classes are balanced by weights: without them a rare class has low scores everywhere.
CLASS_WEIGHT = "balanced"


@dataclass(frozen=True)
class Head:
    """A linear model with a row of weights and a bias for each of its labels (one row for a yes-or-no head)."""

    name: str
    labels: list[str]
    weights: np.ndarray  # float64 [labels, dimensions]
    biases: np.ndarray  # float64 [labels]

    def scores(self, vectors: csr_matrix) -> np.ndarray:
        """Decision values, float64 [rows, labels], summed from the bias on in the order of the ids, as they are served."""
        columns = []
        for weights, bias in zip(self.weights, self.biases):
            products = csr_matrix((vectors.data * weights[vectors.indices], vectors.indices, vectors.indptr))
            sums = [
                math.fsum([bias, *products.data[start:end]])
                for start, end in zip(products.indptr, products.indptr[1:])
            ]
            columns.append(sums)
        return np.array(columns).T

    def rounded_to_float16(self) -> Head:
        """The head as lexical.bin holds it."""
        return Head(self.name, self.labels, as_float16(self.weights), as_float16(self.biases))


def as_float16(values: np.ndarray) -> np.ndarray:
    return values.astype(np.float16).astype(np.float64)


def fit_idf(counts: csr_matrix) -> np.ndarray:
    """1 + ln((1 + n) / (1 + df)) for each term, float64 rounded to float16's; 0 for a term that no row has."""
    documents = np.asarray((counts > 0).sum(axis=0)).ravel()
    idf = np.where(documents > 0, 1 + np.log((1 + counts.shape[0]) / (1 + documents)), 0)
    return as_float16(idf)


def tf_idf(counts: csr_matrix, idf: np.ndarray) -> csr_matrix:
    """(1 + ln count) x idf, each row scaled to length 1 (all zero where no term has weight)."""
    values = (1 + np.log(counts.data)) * idf[counts.indices]
    weighted = csr_matrix((values, counts.indices, counts.indptr), shape=counts.shape)
    lengths = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    lengths[lengths == 0] = 1
    weighted.data /= np.repeat(lengths, np.diff(weighted.indptr))
    return weighted


def fit_head(name: str, labels: list[str], vectors: csr_matrix, target: np.ndarray, c: float) -> Head:
    """Logistic regression, multinomial where `target` (class numbers) has more than two classes. Deterministic."""
    model = LogisticRegression(C=c, class_weight=CLASS_WEIGHT, solver="lbfgs", tol=1e-6, max_iter=2_000)
    model.fit(vectors, target)
    return Head(name, labels, model.coef_, model.intercept_)


def out_of_fold_scores(
    name: str,
    labels: list[str],
    vectors: csr_matrix,
    target: np.ndarray,
    folds: list[tuple[np.ndarray, np.ndarray]],
    c: float,
) -> np.ndarray:
    """Scores of each row by a head that saw no row of its fold: what the trees may trust as much as a new text's."""
    scores = np.zeros((len(target), len(labels)))
    for fitted, held_out in folds:
        scores[held_out] = fit_head(name, labels, vectors[fitted], target[fitted], c).scores(vectors[held_out])
    return scores
