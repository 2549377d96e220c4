"""Stands in for the stages of Python in a training that takes seconds: the files of XGBoost that the gate reads, and a poor baseline.

    python quick_training.py --snapshot FOLDER --model FOLDER --best-params FILE --baseline FILE

The baseline says the same label of every row, so that any model is better.
"""

import argparse
import json
from pathlib import Path

parser = argparse.ArgumentParser()
for name in ("snapshot", "model", "best-params", "baseline"):
    parser.add_argument(f"--{name}", required=True)
args = parser.parse_args()

lines = (Path(args.snapshot) / "rows.jsonl").read_text("utf-8").splitlines()
rows = [json.loads(line) for line in lines]
measured = [row for row in rows if row["in_scope"] and row["split"] in ("holdout", "recent")]
first = min(row["queue"] for row in measured if row["queue"])

trees = {"name": "gbtree", "model": {"gbtree_model_param": {"num_parallel_tree": "1"}}}
for folder in (Path(args.model), Path(args.model) / "second-seed"):
    folder.mkdir(parents=True, exist_ok=True)
    for model in ("queue", "urgency", "scope"):
        (folder / f"{model}.json").write_text(json.dumps({"learner": {"gradient_booster": trees}}), "utf-8")
baseline = {"queue": {row["id"]: first for row in measured}, "urgency": {row["id"]: "low" for row in measured}}
Path(args.baseline).write_text(json.dumps(baseline), "utf-8")
Path(args.best_params).write_text(json.dumps({"queue": {"max_depth": 2}}) + "\n", "utf-8")
