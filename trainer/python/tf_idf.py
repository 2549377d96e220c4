"""TF-IDF over hashed terms; the formulas are those of shared/src/features/lexical-vector.ts, which serves them."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix


# In the larger space of hashed terms those of character n-grams have the first places (lexical-terms.ts). In the smaller one all are here.
CHARACTER_PLACES = 32_768


def fit_idf(counts: csr_matrix, character_scale: float = 1) -> np.ndarray:
    """1 + ln((1 + n) / (1 + df)) for each term, as float16 can hold it; 0 for a term that no row has.

    `character_scale`: what a character n-gram weighs against a word. A text has five times as many of them, and most say what its words
    say. Where all terms share their places it scales all, which the length of the row takes out again.
    """
    documents = np.asarray((counts > 0).sum(axis=0)).ravel()
    idf = np.where(documents > 0, 1 + np.log((1 + counts.shape[0]) / (1 + documents)), 0)
    idf[:CHARACTER_PLACES] *= character_scale
    return idf.astype(np.float16).astype(np.float64)


def tf_idf(counts: csr_matrix, idf: np.ndarray) -> csr_matrix:
    """(1 + ln count) x idf, each row scaled to length 1 (all zero where no term has weight)."""
    values = (1 + np.log(counts.data)) * idf[counts.indices]
    squares = csr_matrix((values**2, counts.indices, counts.indptr), shape=counts.shape)
    lengths = np.sqrt(np.asarray(squares.sum(axis=1)).ravel())
    lengths[lengths == 0] = 1
    scaled = values / np.repeat(lengths, np.diff(counts.indptr))
    return csr_matrix((scaled, counts.indices, counts.indptr), shape=counts.shape)
