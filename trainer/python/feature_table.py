"""Reads the table that the featurize stage writes (trainer/src/stages/featurize/feature-table.ts says what is in it)."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

import numpy as np
import pyarrow.ipc
from scipy.sparse import csr_matrix

URGENCIES = ["low", "medium", "high"]


@dataclass(frozen=True)
class FeatureTable:
    """One entry (or matrix row) for each text.

    `queue` and `urgency` are "" where the row has no such label.
    """

    id: np.ndarray
    split: np.ndarray
    group: np.ndarray
    language: np.ndarray
    source: np.ndarray
    in_scope: np.ndarray  # bool
    queue: np.ndarray
    urgency: np.ndarray
    embedding: np.ndarray  # float32 [n, 384]
    numeric: np.ndarray  # float32 [n, numeric features]
    counts: csr_matrix  # float64 [n, lexical dimensions]: how often each hashed term comes, ids ascending in a row
    words: np.ndarray  # the distinct words of each text, parted by blanks
    metadata: dict[str, str]

    @property
    def queues(self) -> list[str]:
        """The classes of the queue model, in the order of its probabilities."""
        return sorted(set(self.queue[self.in_scope]))

    @property
    def numeric_feature_names(self) -> list[str]:
        return json.loads(self.metadata["numeric_feature_names"])

    @property
    def feature_hashes(self) -> dict[str, str]:
        """The feature hash of a bundle by the number of its lexical dimensions."""
        return json.loads(self.metadata["feature_hashes"])

    @property
    def is_ticket(self) -> np.ndarray:
        """True for the rows that people labelled with queue and urgency; articles' phrases have no urgency."""
        return self.in_scope & (self.urgency != "")

    def of_split(self, *splits: str) -> np.ndarray:
        """Row numbers of the given splits, in the table's order."""
        return np.flatnonzero(np.isin(self.split, splits))


def with_terms_in(table: FeatureTable, dimensions: int) -> FeatureTable:
    """The table with its hashed terms in a space of so many places, as shared/src/features/fold-terms.ts folds them.

    Raises ValueError where there is no such space.
    """
    spaces = sorted(map(int, table.feature_hashes))
    if dimensions not in spaces:
        raise ValueError(f"lexical_dimensions is {dimensions}: write one of {', '.join(map(str, spaces))}.")
    if dimensions == table.counts.shape[1]:
        return table
    counts = table.counts.tocoo()
    shape = (counts.shape[0], dimensions)
    folded = csr_matrix((counts.data, (counts.row, counts.col % dimensions)), shape=shape)  # adds up what comes to one place
    folded.sort_indices()
    return replace(table, counts=folded)


def read_feature_table(path: str) -> FeatureTable:
    """Reads an Arrow IPC file. Raises ValueError where it has no row or a feature is not a finite number."""
    table = pyarrow.ipc.open_file(path).read_all()
    metadata = {key.decode(): value.decode() for key, value in table.schema.metadata.items()}
    rows = table.num_rows
    if rows == 0:
        raise ValueError(f"{path} has no row. Take a snapshot of labelled tickets and run this again.")

    def text(name: str) -> np.ndarray:
        return np.array(["" if value is None else value for value in table[name].to_pylist()])

    def matrix(name: str) -> np.ndarray:
        values = table[name].combine_chunks().flatten().to_numpy().reshape(rows, -1)
        if not np.isfinite(values).all():
            row = int(np.flatnonzero(~np.isfinite(values).all(axis=1))[0])
            raise ValueError(f"The column {name} of {path} has a value that is no number, first in row {row}.")
        return values

    ids = table["lexical_ids"].combine_chunks()
    counts = table["lexical_counts"].combine_chunks()
    shape = (rows, int(metadata["lexical_dimensions"]))
    return FeatureTable(
        id=text("id"),
        split=text("split"),
        group=text("group"),
        language=text("language"),
        source=text("source"),
        in_scope=np.array(table["in_scope"].to_pylist(), dtype=bool),
        queue=text("queue"),
        urgency=text("urgency"),
        embedding=matrix("embedding"),
        numeric=matrix("numeric"),
        counts=csr_matrix(
            (
                counts.values.to_numpy().astype(np.float64),
                ids.values.to_numpy().astype(np.int32),
                ids.offsets.to_numpy(),
            ),
            shape=shape,
        ),
        words=text("words"),
        metadata=metadata,
    )
