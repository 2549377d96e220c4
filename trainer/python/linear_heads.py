"""The linear models that the trees start from: logistic regression over everything that a text's features say.

A head's decision value has two parts. The part over hashed terms is served by shared/src/features/lexical-scores.ts out
of lexical.bin and arrives as a column of the model's input row; the part over embedding and numeric features is served
inside the ONNX graph (onnx_graph.py). Both are fitted together.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from feature_table import FeatureTable
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

# What a column of the linear models' input may reach at most, in standard deviations: a rare flag must not shout.
LARGEST_DEVIATION = 4

# The numeric feature that says which of two sets of weights a text gets on top of the common one. MiniLM has read little
# French, so that its dimensions mean other things there.
LANGUAGE_FLAG = "language_fr"


@dataclass(frozen=True)
class LinearInput:
    """The heads' input for every row of a table, and how it was scaled."""

    matrix: csr_matrix  # float64 [n, columns], blocks in the order of `blocks`
    blocks: dict[str, slice]
    scale_of_embedding: float
    scale_of_numeric: np.ndarray  # float64 [numeric features]
    by_language: float


@dataclass(frozen=True)
class Head:
    """A linear model with a row of weights for each of its labels (one row for a yes-or-no head)."""

    labels: list[str]
    terms: np.ndarray  # [labels, lexical dimensions], values that float16 can hold
    biases: np.ndarray  # [labels], the same
    dense: np.ndarray  # [labels, 384 + numeric]: for every text
    dense_if_flagged: np.ndarray  # [labels, 384 + numeric]: on top, where the language flag is 1


def linear_input(table: FeatureTable, vectors: csr_matrix, fitted_rows: np.ndarray, params: dict) -> LinearInput:
    """Puts terms, embedding and numeric features on comparable scales; the scales are those of `fitted_rows`.

    `params` has the weight of each kind of feature (lexical_scale, embedding_scale, numeric_scale) and of what is
    learnt for each language apart against what is common (by_language_scale).
    """
    numeric = table.numeric.astype(np.float64)
    spread = numeric[fitted_rows].std(axis=0)
    reach = np.abs(numeric[fitted_rows]).max(axis=0) / LARGEST_DEVIATION
    scale = params["numeric_scale"] / np.maximum(np.maximum(spread, reach), 1e-6)
    embedding = table.embedding.astype(np.float64) * params["embedding_scale"]
    flag = numeric[:, [table.numeric_feature_names.index(LANGUAGE_FLAG)]]
    by_language = params["by_language_scale"]
    parts = {
        "terms": vectors * params["lexical_scale"],
        "embedding": embedding,
        "numeric": numeric * scale,
        "embedding_flagged": embedding * flag * by_language,
        "embedding_unflagged": embedding * (1 - flag) * by_language,
        "numeric_flagged": numeric * scale * flag * by_language,
    }
    blocks, start = {}, 0
    for name, part in parts.items():
        blocks[name] = slice(start, start + part.shape[1])
        start += part.shape[1]
    matrix = hstack([csr_matrix(part) for part in parts.values()]).tocsr()
    return LinearInput(matrix, blocks, params["embedding_scale"], scale, by_language)


def fit_head(labels: list[str], data: LinearInput, rows: np.ndarray, target: np.ndarray, params: dict) -> Head:
    """Logistic regression, multinomial where `target` (class numbers) has more than two classes. Deterministic.

    Classes are balanced by weights: without them a rare class has low scores everywhere.
    """
    model = LogisticRegression(C=params["c"], class_weight="balanced", solver="lbfgs", tol=1e-4, max_iter=1_000)
    with threadpool_limits(limits=1):  # sums of floats depend on how threads share them
        model.fit(data.matrix[rows], target)
    block = {name: model.coef_[:, columns] for name, columns in data.blocks.items()}
    embedding, numeric = data.scale_of_embedding, data.scale_of_numeric
    common = (block["embedding"] + block["embedding_unflagged"] * data.by_language) * embedding
    flagged = (block["embedding_flagged"] - block["embedding_unflagged"]) * data.by_language * embedding
    return Head(
        labels,
        as_float16(block["terms"] * params["lexical_scale"]),
        as_float16(model.intercept_),
        np.hstack([common, block["numeric"] * numeric]),
        np.hstack([flagged, block["numeric_flagged"] * data.by_language * numeric]),
    )


def term_scores(head: Head, vectors: csr_matrix) -> np.ndarray:
    """The part over terms, with the bias: float32 [rows, labels], as the serving code hands it to the models."""
    columns = []
    for weights, bias in zip(head.terms, head.biases):
        products = vectors.data * weights[vectors.indices]
        columns.append(
            [math.fsum([bias, *products[start:end]]) for start, end in zip(vectors.indptr, vectors.indptr[1:])]
        )
    return np.array(columns, dtype=np.float32).T


def whole_scores(head: Head, table: FeatureTable, rows: np.ndarray, terms: np.ndarray) -> np.ndarray:
    """Decision values, float32 [rows, labels]: sums in float64, rounded once, as the ONNX graph makes them."""
    dense = np.hstack([table.embedding[rows], table.numeric[rows]]).astype(np.float64)
    flag = table.numeric[rows][:, [table.numeric_feature_names.index(LANGUAGE_FLAG)]].astype(np.float64)
    with threadpool_limits(limits=1):
        return (dense @ head.dense.T + (dense @ head.dense_if_flagged.T) * flag + terms).astype(np.float32)


def as_float16(values: np.ndarray) -> np.ndarray:
    return values.astype(np.float16).astype(np.float64)
