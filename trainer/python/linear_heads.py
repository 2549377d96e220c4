"""The linear models that the trees start from: logistic regression over everything that a text's features say.

A head gives two decision values for each label. The first reads everything: its part over hashed terms is served by
shared/src/features/lexical-scores.ts out of lexical.bin and arrives as a column of the model's input row, its part over
embedding and numeric features inside the ONNX graph (onnx_graph.py); both are fitted together. The second reads which
words of a vocabulary a text has and nothing else, under an L1 penalty: a ridge spreads the weight of "vpn" over all that
comes with it, the lasso leaves it on "vpn". It too is served by lexical-scores.ts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from feature_table import FeatureTable
from scipy.optimize import minimize, minimize_scalar
from scipy.sparse import csr_matrix, hstack
from scipy.special import logsumexp
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.svm import LinearSVC
from sklearn.utils.class_weight import compute_class_weight, compute_sample_weight
from threadpoolctl import threadpool_limits
from word_presence import WordPresence

# What a column of the linear models' input may reach at most, in standard deviations: a rare flag must not shout.
LARGEST_DEVIATION = 4

# The numeric feature that says which of two sets of weights a text gets on top of the common one. MiniLM has read little
# French, so that its dimensions mean other things there.
LANGUAGE_FLAG = "language_fr"

# The most that a decision value is multiplied by: an SVM's lie around -1 and 1, and stand for less than they say.
MOST = 20


@dataclass(frozen=True)
class LinearInput:
    """The heads' input for every row of a table, and how it was scaled."""

    matrix: csr_matrix  # float64 [n, columns], blocks in the order of `blocks`
    blocks: dict[str, slice]
    scale_of_embedding: float
    scale_of_numeric: np.ndarray  # float64 [numeric features]
    by_language: float
    presence: WordPresence


@dataclass(frozen=True)
class Head:
    """A linear model with a row of weights for each of its labels (one row for a yes-or-no head)."""

    labels: list[str]
    terms: np.ndarray  # [labels, lexical dimensions], values that float16 can hold
    biases: np.ndarray  # [labels], the same
    dense: np.ndarray  # [labels, 384 + numeric]: for every text
    dense_if_flagged: np.ndarray  # [labels, 384 + numeric]: on top, where the language flag is 1
    words: np.ndarray  # [labels, words of the vocabulary], most of them 0; values that float16 can hold
    word_biases: np.ndarray  # [labels], the same


def linear_input(
    table: FeatureTable, vectors: csr_matrix, presence: WordPresence, fitted_rows: np.ndarray, params: dict
) -> LinearInput:
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
    return LinearInput(matrix, blocks, params["embedding_scale"], scale, by_language, presence)


def fit_head(labels: list[str], data: LinearInput, rows: np.ndarray, target: np.ndarray, params: dict) -> Head:
    """fit_everything, and logistic regressions over words. Deterministic. `target`: class numbers. `params`: c (one number) and
    word_c, the inverse strengths of the L2 and the L1 penalty; loss and class_balance.
    """
    words, word_biases = fit_words(data.presence.matrix[rows], target, params["word_c"])
    model = fit_everything(data, rows, target, params["c"], params)
    weights = for_each_label(labels, model.coef_)
    block = {name: weights[:, columns] for name, columns in data.blocks.items()}
    embedding, numeric = data.scale_of_embedding, data.scale_of_numeric
    common = (block["embedding"] + block["embedding_unflagged"] * data.by_language) * embedding
    flagged = (block["embedding_flagged"] - block["embedding_unflagged"]) * data.by_language * embedding
    return Head(
        labels,
        as_float16(block["terms"] * params["lexical_scale"]),
        as_float16(for_each_label(labels, model.intercept_)),
        np.hstack([common, block["numeric"] * numeric]),
        np.hstack([flagged, block["numeric_flagged"] * data.by_language * numeric]),
        as_float16(for_each_label(labels, words)),
        as_float16(for_each_label(labels, word_biases)),
    )


def for_each_label(labels: list[str], values: np.ndarray) -> np.ndarray:
    """Rows of weights or biases, one for each label: of the single row that tells two classes apart, half against and half for."""
    return np.concatenate([-values / 2, values / 2]) if len(labels) == 2 else values


def fit_everything(data: LinearInput, rows: np.ndarray, target: np.ndarray, c: float, params: dict) -> LogisticRegression | LinearSVC:
    """The linear model behind a head's first score.

    `loss` "log", the default, is that of logistic regression; "squared_hinge" that of a linear SVM, one class against the rest. The SVM
    looks at the rows that are hard to part and is better where labels are clear, tickets many and single words decide.

    Classes are balanced by weights: without them a rare class has low scores everywhere. `class_balance` 1, the default, lets
    each class weigh the same, 0 each row; where labels are noisy a middle way is better.
    """
    classes = np.unique(target)
    weights = compute_class_weight("balanced", classes=classes, y=target) ** params.get("class_balance", 1)
    by_class = dict(zip(classes, weights))
    if params.get("loss", "log") == "squared_hinge":
        model = LinearSVC(C=c, class_weight=by_class, random_state=0)
    else:
        model = LogisticRegression(C=c, class_weight=by_class, solver="lbfgs", tol=1e-4, max_iter=1_000)
    with threadpool_limits(limits=1):  # sums of floats depend on how threads share them
        return model.fit(data.matrix[rows], target)


def fit_words(presence: csr_matrix, target: np.ndarray, c: float) -> tuple[np.ndarray, np.ndarray]:
    """Weights [labels, words] and biases [labels] of sparse logistic regressions, as float16 can hold them."""
    # liblinear's coordinate descent: exact zeros, a tenth of a second for 5,000 texts; its bias is penalised a little
    one = LogisticRegression(
        penalty="l1", solver="liblinear", C=c, class_weight="balanced", tol=1e-3, max_iter=1_000, random_state=0
    )
    model = OneVsRestClassifier(one).fit(presence, target)
    weights = np.vstack([binary.coef_ for binary in model.estimators_])
    biases = np.concatenate([binary.intercept_ for binary in model.estimators_])
    return as_float16(weights), as_float16(biases)


def term_scores(head: Head, vectors: csr_matrix) -> np.ndarray:
    """The part over terms, with the bias: float32 [rows, labels], as the serving code hands it to the models."""
    return exact_products(vectors, head.terms, head.biases)


def word_scores(head: Head, presence: csr_matrix) -> np.ndarray:
    """The second decision values, over words: float32 [rows, labels], as the serving code hands them to the models."""
    return exact_products(presence, head.words, head.word_biases)


def exact_products(matrix: csr_matrix, weights: np.ndarray, biases: np.ndarray) -> np.ndarray:
    """matrix x weights + biases, each sum in the longest float that the machine has, and rounded: where that has more digits
    than float64 (not on ARM under macOS), the order of a sum, another in serving, does not matter."""
    starts = matrix.indptr[:-1] + np.arange(matrix.shape[0])  # each row's products, with the bias before them
    terms = np.ones(matrix.nnz + matrix.shape[0], dtype=bool)
    terms[starts] = False
    sums = np.zeros((matrix.shape[0], len(weights)), dtype=np.float32)
    values = np.empty(len(terms), dtype=np.longdouble)
    for label, (row, bias) in enumerate(zip(weights, biases)):
        values[starts] = bias
        values[terms] = matrix.data * row[matrix.indices]
        sums[:, label] = np.add.reduceat(values, starts).astype(np.float64) if len(starts) else []
    return sums


def whole_scores(head: Head, table: FeatureTable, rows: np.ndarray, terms: np.ndarray, words: np.ndarray) -> np.ndarray:
    """Decision values, float32 [rows, 2 x labels]: over everything, then over words. Sums in float64, rounded once, as
    the ONNX graph makes them. `terms` and `words`: term_scores and word_scores of these rows."""
    dense = np.hstack([table.embedding[rows], table.numeric[rows]]).astype(np.float64)
    flag = table.numeric[rows][:, [table.numeric_feature_names.index(LANGUAGE_FLAG)]].astype(np.float64)
    with threadpool_limits(limits=1):
        over_everything = (dense @ head.dense.T + (dense @ head.dense_if_flagged.T) * flag + terms).astype(np.float32)
    return np.hstack([over_everything, words])


def fit_shares(scores: np.ndarray, target: np.ndarray, class_balance: float = 1) -> np.ndarray:
    """How much of each of the two decision values makes the best sum: float64 [2], of least log loss, classes weighing what
    `class_balance` says (see fit_everything).

    `scores` [rows, 2 x labels] must be out of fold: on rows that it was fitted on, the better a head remembers the more it
    would be given. A head over words is worth much where one word decides, little where tickets tell a story.
    """
    everything, words = np.hsplit(scores.astype(np.float64), 2)
    weights = compute_sample_weight("balanced", target) ** class_balance

    def loss(shares: np.ndarray) -> float:
        return log_loss(shares[0] * everything + shares[1] * words, target, weights)

    found = minimize(loss, np.array([0.5, 0.5]), method="L-BFGS-B", bounds=[(0, MOST), (0, MOST)])
    return np.round(found.x, 4)


def least_log_loss(scores: np.ndarray, target: np.ndarray, class_balance: float = 1) -> float:
    """The log loss of decision values [rows, labels] that are out of fold, at the scale that suits them best: what makes it less is
    what they tell apart, not how loudly."""
    weights = compute_sample_weight("balanced", target) ** class_balance
    found = minimize_scalar(lambda scale: log_loss(scale * scores, target, weights), bounds=(0, MOST), method="bounded")
    return float(found.fun)


def log_loss(logits: np.ndarray, target: np.ndarray, weights: np.ndarray) -> float:
    """Weighted mean, of one column for yes or no, or of one for each label."""
    if logits.shape[1] == 1:
        logits = np.hstack([-logits / 2, logits / 2])
    own = logits[np.arange(len(target)), target]
    return float((weights * (logsumexp(logits, axis=1) - own)).mean())


def scaled(head: Head, shares: np.ndarray) -> Head:
    """The head whose decision values are these shares of `head`'s, so that they need only be added."""
    everything, words = shares
    return replace(
        head,
        terms=as_float16(head.terms * everything),
        biases=as_float16(head.biases * everything),
        dense=head.dense * everything,
        dense_if_flagged=head.dense_if_flagged * everything,
        words=as_float16(head.words * words),
        word_biases=as_float16(head.word_biases * words),
    )


def as_float16(values: np.ndarray) -> np.ndarray:
    return values.astype(np.float16).astype(np.float64)
