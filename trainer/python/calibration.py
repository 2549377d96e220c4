"""Calibrated probabilities and the thresholds from which on they are trusted.

The formulas are those of shared/src/classifier/calibrate.ts and choose-label.ts, which serve them.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize_scalar

# Probabilities are kept off 0 before their logarithm, as the serving code does.
LEAST_PROBABILITY = 1e-7


def with_temperature(probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """softmax(ln p / temperature), float64 [rows, classes]."""
    logits = np.log(np.maximum(probabilities.astype(np.float64), LEAST_PROBABILITY)) / temperature
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


def fit_temperature(probabilities: np.ndarray, target: np.ndarray) -> float:
    """The temperature of least negative log-likelihood (Guo et al., 2017), rounded to 4 digits."""

    def loss(temperature: float) -> float:
        own = with_temperature(probabilities, temperature)[np.arange(len(target)), target]
        return float(-np.log(np.maximum(own, LEAST_PROBABILITY)).mean())

    return round(float(minimize_scalar(loss, bounds=(0.2, 5), method="bounded").x), 4)


def precision_threshold(confidence: np.ndarray, correct: np.ndarray, precision: float, least_rows: int) -> float:
    """The least confidence from which on at least `precision` of a label's predictions are right: the widest coverage.

    A threshold must be backed by `least_rows` predictions. Where none is, the label is never trusted: 1.0.
    """
    order = np.argsort(-confidence, kind="stable")
    reached = np.cumsum(correct[order]) / np.arange(1, len(order) + 1)
    kept = np.flatnonzero((reached >= precision) & (np.arange(1, len(order) + 1) >= least_rows))
    return 1.0 if len(kept) == 0 else round_down(float(confidence[order[kept[-1]]]))


def scope_threshold(probability: np.ndarray, out_of_scope: np.ndarray, false_share: float) -> float:
    """The least probability from which on at most `false_share` of the real tickets count as out of scope."""
    tickets = np.sort(probability[~out_of_scope])[::-1]
    allowed = int(np.floor(false_share * len(tickets)))
    return min(1.0, round_up(float(tickets[allowed])))


def expected_calibration_error(probabilities: np.ndarray, target: np.ndarray, bins: int = 15) -> float:
    """Mean gap between confidence and accuracy over bins of equal width, weighted by their rows (Naeini et al., 2015)."""
    confidence = probabilities.max(axis=1)
    correct = probabilities.argmax(axis=1) == target
    bin_of_row = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = [
        abs(confidence[bin_of_row == b].mean() - correct[bin_of_row == b].mean()) * (bin_of_row == b).mean()
        for b in np.unique(bin_of_row)
    ]
    return float(sum(gaps))


def round_down(value: float) -> float:
    return float(np.floor(value * 1e4) / 1e4)


def round_up(value: float) -> float:
    return float((np.floor(value * 1e4) + 1) / 1e4)
