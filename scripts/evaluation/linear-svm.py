"""The yardstick for tickets: TF-IDF of words and word pairs with a balanced linear SVM, all else as scikit-learn has it.

    python scripts/evaluation/linear-svm.py --snapshot FOLDER --out FILE.json

Fitted on the train and the calibration split (it has nothing to calibrate), one for queue and one for urgency. FILE.json gets
{"queue": {row id: label}, "urgency": {...}} for the rows of the holdout.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC


def main() -> None:
    parser = argparse.ArgumentParser(description="Predictions of TF-IDF and a linear SVM.")
    parser.add_argument("--snapshot", required=True)
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    lines = (Path(args.snapshot) / "rows.jsonl").read_text("utf-8").splitlines()
    rows = [row for row in map(json.loads, lines) if row["in_scope"]]
    said = {name: predict([row for row in rows if row[name]], name) for name in ("queue", "urgency")}
    Path(args.out).write_text(json.dumps(said, ensure_ascii=False), "utf-8")


def predict(rows: list[dict], name: str) -> dict[str, str]:
    fitted = [row for row in rows if row["split"] in ("train", "calibration")]
    asked = [row for row in rows if row["split"] == "holdout"]
    if not asked:
        return {}
    vectorizer = TfidfVectorizer(ngram_range=(1, 2))
    vectors = vectorizer.fit_transform([row["text"] for row in fitted])
    model = LinearSVC(class_weight="balanced", random_state=0).fit(vectors, [row[name] for row in fitted])
    said = model.predict(vectorizer.transform([row["text"] for row in asked]))
    return {row["id"]: label for row, label in zip(asked, said.tolist())}


if __name__ == "__main__":
    main()
