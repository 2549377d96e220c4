"""Which words of a vocabulary each text has; shared/src/features/lexical-scores.ts asks the same of a text in serving."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from feature_table import FeatureTable
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import CountVectorizer


@dataclass(frozen=True)
class WordPresence:
    """The words that a model may know, sorted, and where they are."""

    words: list[str]
    matrix: csr_matrix  # float64 [rows of the table, words]: 1 where the text has the word


def word_presence(table: FeatureTable, least_rows: int) -> WordPresence:
    """The words of at least `least_rows` rows of the train split: of a rarer one nothing can be learnt but who wrote it.

    No word at all is no error: the matrix then has one column of zeros, under a name that no text has.
    """
    fitted = table.words[table.of_split("train")]
    counter = CountVectorizer(analyzer=str.split, binary=True, dtype=np.float64)
    try:
        found = counter.fit_transform(fitted)
    except ValueError:  # scikit-learn's word for an empty vocabulary
        return WordPresence([" "], csr_matrix((len(table.words), 1), dtype=np.float64))
    words = counter.get_feature_names_out()
    kept = np.flatnonzero(np.asarray(found.sum(axis=0)).ravel() >= least_rows)
    if len(kept) == 0:
        return WordPresence([" "], csr_matrix((len(table.words), 1), dtype=np.float64))
    return WordPresence(words[kept].tolist(), counter.transform(table.words)[:, kept].tocsr())
