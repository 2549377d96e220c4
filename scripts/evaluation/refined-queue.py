"""What keeps a model from the refined queue: what the rule behind the label needs, and what trees make of the words alone.

    python scripts/evaluation/refined-queue.py --tickets FILE.jsonl --snapshot FOLDER

The label is a rule: words of the body in a fixed order, then the column `queue`, which is no feature. FILE.jsonl is the raw set,
FOLDER the snapshot that evaluate-tickets.ts made of it. Prints two Markdown tables: how often the rule, given the true
`queue`, still gives the label on what a model reads; and, in five folds by group, the weighted F1 of boosted trees on which
words (and word pairs) a text has, apart for rows with a word of the rule in their body and for the others.
"""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path

import numpy as np
import xgboost
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedGroupKFold

RULE = {
    "Security / Access": "security|securite|password|login|access|breach|hack|malware",
    "Hardware / Device": "printer|imprimante|print|scan|scanner|hardware|laptop|pc|macbook|screen|disk|ssd|cpu",
    "Network / Infrastructure": "network|wifi|vpn|connect|internet|lan|router",
    "Software / Product": "software|app|update|bug|crash|install|version",
}
PATTERNS = {name: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for name, words in RULE.items()}
BY_QUEUE = {"Product Support": "Software / Product", "Service Outages and Maintenance": "Service Outages"}
TREES = {"max_depth": 6, "eta": 0.1, "colsample_bytree": 0.5, "subsample": 0.8, "min_child_weight": 3, "max_bin": 2}
ROUNDS = 120


def main() -> None:
    parser = argparse.ArgumentParser(description="What the refined queue's rule and plain trees make of a text.")
    parser.add_argument("--tickets", required=True)
    parser.add_argument("--snapshot", required=True)
    args = parser.parse_args()
    prepared = {row["id"]: row["text"] for row in read_lines(Path(args.snapshot) / "rows.jsonl")}
    rows = [row for row in read_lines(Path(args.tickets)) if row["refined_queue"] and row["id"] in prepared]
    truth = np.array([row["refined_queue"] for row in rows])
    texts = {
        "body, raw": [row["body"] for row in rows],
        "subject and body, raw": [f"{row['subject'] or ''}\n{row['body']}" for row in rows],
        "subject and body, cleaned and redacted": [prepared[row["id"]] for row in rows],
    }
    by_words = np.array([rule_word(text) for text in texts["body, raw"]])
    print(f"{len(rows)} rows, {(by_words != '').mean():.3f} with a word of the rule in their body\n")
    print("| text | the rule agrees with the label |\n|---|--:|")
    for name, given in texts.items():
        said = [rule_word(text) or BY_QUEUE.get(row["queue"], "General Technical Support") for text, row in zip(given, rows)]
        print(f"| {name} | {(np.array(said) == truth).mean():.3f} |")

    groups = [row["group"] for row in rows]
    folds = list(StratifiedGroupKFold(5, shuffle=True, random_state=3).split(truth, truth, groups))
    print("\n| trees read | F1w, five folds | lowest to highest | rows with a word of the rule | others |\n|---|--:|---|--:|--:|")
    for name, given in (("the body", texts["body, raw"]), ("subject and body", texts["subject and body, cleaned and redacted"])):
        for what, longest in (("words", 1), ("words and pairs", 2)):
            said = out_of_fold(given, truth, folds, longest)
            print(f"| {what} of {name} | {scores(truth, said, folds, by_words)} |")
            if name == "the body":
                known = np.where(by_words != "", by_words, said)
                print(f"| the same, and the rule's words known | {scores(truth, known, folds, by_words)} |")


def read_lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def rule_word(text: str) -> str:
    """The queue that the first matching words of the rule give; empty where none is in the text."""
    return next((name for name, pattern in PATTERNS.items() if pattern.search(text)), "")


def out_of_fold(texts: list[str], truth: np.ndarray, folds: list, longest: int) -> np.ndarray:
    """The label that trees on the presence of words say of each text, fitted without its group."""
    labels, target = np.unique(truth, return_inverse=True)
    said = np.empty_like(truth)
    settings = {**TREES, "objective": "multi:softprob", "num_class": len(labels), "tree_method": "hist", "nthread": 1, "seed": 1}
    for fitted, asked in folds:
        counter = CountVectorizer(token_pattern=r"(?u)\w+", binary=True, min_df=5, ngram_range=(1, longest), dtype=np.float32)
        matrix = counter.fit_transform([texts[row] for row in fitted])
        booster = xgboost.train(settings, xgboost.DMatrix(matrix, target[fitted], nthread=1), ROUNDS)
        asked_matrix = xgboost.DMatrix(counter.transform([texts[row] for row in asked]), nthread=1)
        said[asked] = labels[booster.predict(asked_matrix).argmax(axis=1)]
    return said


def scores(truth: np.ndarray, said: np.ndarray, folds: list, by_words: np.ndarray) -> str:
    each = [f1_score(truth[rows], said[rows], average="weighted") for _, rows in folds]
    whole, right, has = f1_score(truth, said, average="weighted"), said == truth, by_words != ""
    return f"{whole:.3f} | {min(each):.3f} to {max(each):.3f} | {right[has].mean():.3f} | {right[~has].mean():.3f}"


if __name__ == "__main__":
    main()
