"""How far a label can be told from the text at all, as a Markdown table.

    python scripts/evaluation/label-ceiling.py --features FILE.arrow

For queue and urgency, over all labelled rows of the table: how often two texts of one near-duplicate group have one label;
how often a text and the nearest one of another group (cosine of embeddings) do; and the accuracy that this leaves to any
model that reads what the embedding reads, by the bound of Cover and Hart (1967): with K classes and a nearest-neighbour
error e the least error is K-1/K (1 - sqrt(1 - e K/(K-1))). The bound is that of endless data, so the last figure is a
guide and no proof.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2] / "trainer" / "python"))
from feature_table import FeatureTable, read_feature_table  # noqa: E402

# Rows whose neighbours are sought at once: bounds the matrix of cosines.
CHUNK = 1_000


def main() -> None:
    parser = argparse.ArgumentParser(description="How far a label can be told from the text.")
    parser.add_argument("--features", required=True)
    table = read_feature_table(parser.parse_args().features)
    print("| label | classes | rows with a near-duplicate | which agrees | nearest text of another group agrees | ceiling of accuracy |")
    print("|---|--:|--:|--:|--:|--:|")
    for name, labels in (("queue", table.queue), ("urgency", table.urgency)):
        rows = np.flatnonzero(table.in_scope & (labels != ""))
        if len(set(labels[rows])) < 2:
            continue
        pairs, agreeing = near_duplicates(table.group[rows], labels[rows])
        neighbour = nearest_of_another_group(table, rows)
        hits = float((labels[rows] == labels[rows[neighbour]]).mean())
        classes = len(set(labels[rows]))
        share = f"{agreeing:.3f}" if pairs else ""
        print(f"| {name} | {classes} | {pairs} | {share} | {hits:.3f} | {ceiling(hits, classes):.3f} |")


def near_duplicates(groups: np.ndarray, labels: np.ndarray) -> tuple[int, float]:
    """Rows that are not alone in their group, and the share of them whose label is that of the next row of the group."""
    members: dict[str, list[str]] = {}
    for group, label in zip(groups, labels):
        members.setdefault(group, []).append(label)
    pairs = [(own, given[(place + 1) % len(given)]) for given in members.values() if len(given) > 1 for place, own in enumerate(given)]
    return len(pairs), float(np.mean([one == other for one, other in pairs])) if pairs else 0.0


def nearest_of_another_group(table: FeatureTable, rows: np.ndarray) -> np.ndarray:
    """For each row the place in `rows` of the most alike text outside its group."""
    vectors, groups = table.embedding[rows], table.group[rows]
    found = []
    for start in range(0, len(rows), CHUNK):
        cosines = vectors[start : start + CHUNK] @ vectors.T
        cosines[groups[start : start + CHUNK, None] == groups[None, :]] = -2
        found.append(cosines.argmax(axis=1))
    return np.concatenate(found)


def ceiling(hits: float, classes: int) -> float:
    ratio = classes / (classes - 1)
    return 1 - (1 - np.sqrt(max(0.0, 1 - ratio * (1 - hits)))) / ratio


if __name__ == "__main__":
    main()
