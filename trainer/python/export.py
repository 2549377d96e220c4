"""Packs trained models into the bundle that the API loads (shared/src/bundle/manifest.ts is its format).

    python trainer/python/export.py --model FOLDER --features FILE.arrow --snapshot FOLDER --params params.yaml
        --data-set NAME --out BUNDLE_FOLDER --predictions FILE.arrow

Temperatures and thresholds are fitted on the calibration split together with the train split's out-of-fold
probabilities. The predictions file holds XGBoost's own raw probabilities of every row, for comparing with ONNX. Nothing
of the date or the machine goes in: the same models give the same bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.metadata
import json
import os
import sys
from pathlib import Path

import numpy as np
import pyarrow
import pyarrow.ipc
import xgboost
from calibration import (
    expected_calibration_error,
    fit_temperature,
    precision_threshold,
    scope_threshold,
    with_temperature,
)
from dvc_md5 import dvc_md5
from feature_table import URGENCIES, FeatureTable, read_feature_table
from linear_heads import LANGUAGE_FLAG
from onnx_graph import onnx_graph
from params import read_params
from sklearn.metrics import accuracy_score, f1_score
from whole_folder import whole_folder

# The bundle's models, and its heads, in this order.
MODELS = ["queue", "urgency", "scope"]


def main() -> None:
    parser = argparse.ArgumentParser(description="Packs trained models into a bundle.")
    for name in ("model", "features", "snapshot", "params", "data-set", "out", "predictions"):
        parser.add_argument(f"--{name}", required=True)
    args = parser.parse_args()
    params = read_params(args.params, args.data_set)
    table = read_feature_table(args.features)
    raw = dict(np.load(Path(args.model) / "probabilities.npz"))

    fitted = fit_decisions(table, raw, params["export"])
    with whole_folder(args.out) as bundle:
        for name in MODELS:
            (bundle / f"{name}.onnx").write_bytes(to_onnx(name, Path(args.model), table))
        lexical = write_lexical(bundle / "lexical.bin", Path(args.model), table)
        files = {path.name: describe_file(path) for path in sorted(bundle.iterdir())}
        content = {
            "format": 1,
            "labels": {"queue": table.queues, "urgency": URGENCIES},
            "feature_hash": table.metadata["feature_hash"],
            "numeric_feature_names": table.numeric_feature_names,
            "lexical": lexical,
            "embedder": table.metadata["embedder"],
            **fitted,
            "urgency_round_up_share": params["export"]["urgency_round_up_share"],
            "files": files,
        }
        digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
        manifest = {
            "version": f"{params['version_date']}-{digest[:6]}",
            **content,
            "metrics": holdout_metrics(table, raw, fitted),
            "lineage": {
                "data_md5": dvc_md5(args.snapshot),
                "seed": params["seed"],
                "params": {key: params[key] for key in ("snapshot", "train", "export")},
                "libraries": library_versions(),
            },
        }
        (bundle / "manifest.json").write_text(json.dumps(manifest, indent=2, ensure_ascii=False, allow_nan=False) + "\n", "utf-8")
    write_predictions(args.predictions, table, raw)
    print(f"{manifest['version']}: {sum(file['bytes'] for file in files.values()):,} bytes", file=sys.stderr)


def fit_decisions(table: FeatureTable, raw: dict[str, np.ndarray], params: dict) -> dict:
    """Temperatures and thresholds from rows that the probabilities' models had not seen."""
    rows, target, probabilities = {}, {}, {}
    for name in MODELS:
        rows[name] = unseen_rows(table, name)
        target[name] = class_numbers(table, name)[rows[name]]
        probabilities[name] = unseen_probabilities(table, raw, name)[rows[name]]

    temperature = {name: fit_temperature(probabilities[name], target[name]) for name in MODELS}
    calibrated = {name: with_temperature(probabilities[name], temperature[name]) for name in MODELS}
    thresholds = {}
    for name, labels in (("queue", table.queues), ("urgency", URGENCIES)):
        confidence, predicted = calibrated[name].max(axis=1), calibrated[name].argmax(axis=1)
        thresholds[name] = {
            label: precision_threshold(
                confidence[predicted == number],
                target[name][predicted == number] == number,
                params["precision"][name],
                params["least_rows_behind_threshold"],
            )
            for number, label in enumerate(labels)
        }
    return {
        "calibration": {name: {"method": "temperature", "value": temperature[name]} for name in MODELS},
        "thresholds": thresholds,
        "scope_threshold": scope_threshold(
            calibrated["scope"][:, 1], target["scope"] == 1, params["false_out_of_scope_share"]
        ),
    }


def unseen_rows(table: FeatureTable, name: str) -> np.ndarray:
    """Rows to calibrate on: tickets, and for scope all texts but articles' phrases, which nobody asked."""
    rows = table.of_split("train", "calibration")
    asked = table.is_ticket | ~table.in_scope if name == "scope" else table.is_ticket
    return rows[asked[rows]]


def unseen_probabilities(table: FeatureTable, raw: dict[str, np.ndarray], name: str) -> np.ndarray:
    """The final model's probabilities, and those out of fold for the rows that it was trained on."""
    in_train = (table.split == "train")[:, None]
    return np.where(in_train, raw[f"{name}_out_of_fold"], raw[name])


def class_numbers(table: FeatureTable, name: str) -> np.ndarray:
    """The class number of every row of the table; -1 for a row that has no label of this kind."""
    if name == "scope":
        return (~table.in_scope).astype(int)
    labels = table.queues if name == "queue" else URGENCIES
    values = table.queue if name == "queue" else table.urgency
    return np.array([labels.index(value) if value else -1 for value in values])


def holdout_metrics(table: FeatureTable, raw: dict[str, np.ndarray], fitted: dict) -> dict[str, float]:
    """What the bundle says of itself; the evaluate stage measures more, through the serving code."""
    metrics = {}
    holdout = table.of_split("holdout")
    for name in MODELS:
        rows = holdout if name == "scope" else holdout[table.in_scope[holdout]]
        target = class_numbers(table, name)[rows]
        probabilities = with_temperature(raw[name][rows], fitted["calibration"][name]["value"])
        if name == "scope":
            predicted = (probabilities[:, 1] >= fitted["scope_threshold"]).astype(int)
            for metric, label in (("scope_recall", 1), ("scope_false_alarms", 0)):
                if (target == label).any():  # a rate of no rows is no number
                    metrics[metric] = (predicted[target == label] == 1).mean()
            continue
        predicted = probabilities.argmax(axis=1)
        metrics[f"{name}_accuracy"] = accuracy_score(target, predicted)
        metrics[f"{name}_macro_f1"] = f1_score(target, predicted, average="macro")
        metrics[f"{name}_weighted_f1"] = f1_score(target, predicted, average="weighted")
        metrics[f"{name}_ece"] = expected_calibration_error(probabilities, target)
    return {key: round(float(value), 4) for key, value in metrics.items()}


def to_onnx(name: str, model: Path, table: FeatureTable) -> bytes:
    heads = np.load(model / "heads.npz")
    booster = xgboost.Booster(model_file=model / f"{name}.json")
    return onnx_graph(
        name,
        booster,
        np.vstack([heads[f"{head}_dense"] for head in MODELS]),
        np.vstack([heads[f"{head}_dense_if_flagged"] for head in MODELS]),
        table.embedding.shape[1] + table.numeric_feature_names.index(LANGUAGE_FLAG),
        margin_of(name, {head: len(heads[f"{head}_biases"]) for head in MODELS}),
    )


def margin_of(name: str, widths: dict[str, int]) -> np.ndarray:
    """The matrix [scores of all heads, classes] that makes the model's starting point of its own scores."""
    first = sum(widths[head] for head in MODELS[: MODELS.index(name)])
    own = np.eye(sum(widths.values()), dtype=np.float32)[:, first : first + widths[name]]
    return own if widths[name] > 1 else np.hstack([-own / 2, own / 2])


def write_lexical(path: Path, model: Path, table: FeatureTable) -> dict:
    """lexical.bin (layout: shared/src/bundle/manifest.ts) and its description. Its values are float16's already."""
    arrays = np.load(model / "heads.npz")
    parts = [arrays["idf"]]
    for name in MODELS:
        for weights, bias in zip(arrays[f"{name}_terms"], arrays[f"{name}_biases"]):
            parts += [weights, [bias]]
    path.write_bytes(np.concatenate(parts).astype("<f2").tobytes())
    labels = {"queue": table.queues, "urgency": URGENCIES, "scope": ["out_of_scope"]}
    heads = [{"name": name, "labels": labels[name]} for name in MODELS]
    return {"file": "lexical.bin", "dtype": "float16", "dimensions": len(arrays["idf"]), "heads": heads}


def describe_file(path: Path) -> dict:
    content = path.read_bytes()
    return {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}


def library_versions() -> dict[str, str]:
    versions = {"python": sys.version.split()[0]}
    for name in ("numpy", "scipy", "scikit-learn", "onnx", "onnxmltools"):
        versions[name] = importlib.metadata.version(name)
    return {**versions, "xgboost": xgboost.__version__}


def write_predictions(path: str, table: FeatureTable, raw: dict[str, np.ndarray]) -> None:
    columns = {"id": pyarrow.array(table.id.tolist(), pyarrow.string())}
    for name in MODELS:
        values = np.ascontiguousarray(raw[name], dtype=np.float32)
        columns[name] = pyarrow.FixedSizeListArray.from_arrays(pyarrow.array(values.ravel()), values.shape[1])
    arrow = pyarrow.table(columns)
    with pyarrow.OSFile(f"{path}.part", "wb") as file, pyarrow.ipc.new_file(file, arrow.schema) as writer:
        writer.write_table(arrow)
    os.replace(f"{path}.part", path)


if __name__ == "__main__":
    try:
        main()
    except (OSError, ValueError) as error:
        sys.exit(f"export: {error}")
