"""Packs trained models into the bundle that the API loads (shared/src/bundle/manifest.ts is its format).

    python trainer/python/export.py --model FOLDER --features FILE.arrow --snapshot FOLDER --params params.yaml
        --data-set NAME --best-params FILE.json --out BUNDLE_FOLDER --second-out BUNDLE_FOLDER --predictions FILE.arrow

The models of the second seed go to --second-out, as a bundle like the first. Temperatures and thresholds are fitted on
what models that had not seen a row said of it: the train split's out-of-fold probabilities, and the calibration split's of the
models that were fitted on the train split alone (train.py fits those that serve on both). A label's threshold needs
`least_rows_behind_threshold` predictions behind it; a label with fewer is never trusted (threshold 1), and is named on
stderr. The predictions file holds XGBoost's own raw probabilities of every row, for comparing with ONNX. Nothing of the
date, the machine or the commit goes in: the same models give the same bytes. When and from which commit it ran stands in
build/<data set>/run.json.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.metadata
import json
import sys
from pathlib import Path

import numpy as np
import pyarrow
import pyarrow.ipc
import xgboost
from best_params import read_best_params
from calibration import (
    expected_calibration_error,
    fit_temperature,
    precision_threshold,
    scope_threshold,
    with_temperature,
)
from dvc_md5 import dvc_md5
from feature_table import URGENCIES, FeatureTable, read_feature_table
from learning_tasks import MODELS, queue_labels
from linear_heads import LANGUAGE_FLAG
from onnx_graph import onnx_graph
from params import read_params
from run_stage import run_stage
from sklearn.metrics import accuracy_score, f1_score
from train import SECOND_SEED, with_best
from whole_file import whole_file
from whole_folder import whole_folder


def main() -> None:
    parser = argparse.ArgumentParser(description="Packs trained models into a bundle.")
    names = ("model", "features", "snapshot", "params", "data-set", "best-params", "out", "second-out", "predictions")
    for name in names:
        parser.add_argument(f"--{name}", required=True)
    args = parser.parse_args()
    params = read_params(args.params, args.data_set)
    best = read_best_params(args.best_params)
    lineage = {
        "data_md5": dvc_md5(args.snapshot),
        "params": {
            "snapshot": params["snapshot"],
            "train": with_best(params["train"], best),
            "export": params["export"],
            "tuned": best,
        },
        "libraries": library_versions(),
    }
    table = read_feature_table(args.features)
    first = Path(args.model)
    raw = read_probabilities(first, table)
    pack(args.out, first, table, raw, params, {**lineage, "seed": params["seed"]})
    second = first / SECOND_SEED
    pack(args.second_out, second, table, read_probabilities(second, table), params, {**lineage, "seed": params["seed"] + 1})
    write_predictions(args.predictions, table, raw)


def read_probabilities(model: Path, table: FeatureTable) -> dict[str, np.ndarray]:
    """Raises ValueError where the models were trained on another table than this."""
    raw = dict(np.load(model / "probabilities.npz"))
    if len(raw["queue"]) != len(table.id) or raw["queue"].shape[1] != len(queue_labels(table)):
        raise ValueError(f"{model} was trained on another feature table. Run the train stage on this one, then this again.")
    return raw


def pack(out: str, model: Path, table: FeatureTable, raw: dict, params: dict, lineage: dict) -> None:
    """Writes the bundle of one seed's models, whole or not at all."""
    fitted = fit_decisions(table, raw, params["export"])
    with whole_folder(out) as bundle:
        for name in MODELS:
            (bundle / f"{name}.onnx").write_bytes(to_onnx(name, model, table))
        lexical = write_lexical(bundle / "lexical.bin", model, table)
        files = {path.name: describe_file(path) for path in sorted(bundle.iterdir())}
        content = {
            "format": 2,
            "labels": {"queue": queue_labels(table), "urgency": URGENCIES},
            "feature_hash": table.feature_hashes[str(lexical["dimensions"])],
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
            "lineage": lineage,
        }
        text = json.dumps(manifest, indent=2, ensure_ascii=False, allow_nan=False)
        (bundle / "manifest.json").write_text(f"{text}\n", "utf-8")
    say(f"{out}: {manifest['version']}, {sum(file['bytes'] for file in files.values()):,} bytes")


def fit_decisions(table: FeatureTable, raw: dict[str, np.ndarray], params: dict) -> dict:
    """Temperatures and thresholds from rows that the probabilities' models had not seen."""
    rows, target, probabilities = {}, {}, {}
    for name in MODELS:
        rows[name] = unseen_rows(table, name)
        target[name] = class_numbers(table, name)[rows[name]]
        probabilities[name] = raw[f"{name}_unseen"][rows[name]]

    temperature = {name: fit_temperature(probabilities[name], target[name]) for name in MODELS}
    calibrated = {name: with_temperature(probabilities[name], temperature[name]) for name in MODELS}
    thresholds = {}
    for name, labels in (("queue", queue_labels(table)), ("urgency", URGENCIES)):
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
        for label, threshold in thresholds[name].items():
            if threshold == 1:
                say(f'{name} "{label}" is never trusted: no threshold has the precision asked for and {params["least_rows_behind_threshold"]} rows')
    return {
        "calibration": {name: {"method": "temperature", "value": temperature[name]} for name in MODELS},
        "thresholds": thresholds,
        "scope_threshold": scope_threshold(
            calibrated["scope"][:, 1], target["scope"] == 1, params["false_out_of_scope_share"]
        ),
    }


def unseen_rows(table: FeatureTable, name: str) -> np.ndarray:
    """Rows to calibrate on: those with a label of this kind that somebody asked, which articles' phrases were not."""
    rows = table.of_split("train", "calibration")
    usable = (table.source != "article") & (class_numbers(table, name) >= 0)
    return rows[usable[rows]]


def class_numbers(table: FeatureTable, name: str) -> np.ndarray:
    """The class number of every row of the table; -1 for a row without a label of this kind, or with one the model has not."""
    if name == "scope":
        return (~table.in_scope).astype(int)
    labels = queue_labels(table) if name == "queue" else URGENCIES
    values = table.queue if name == "queue" else table.urgency
    number_of = {label: number for number, label in enumerate(labels)}
    return np.array([number_of.get(value, -1) if known else -1 for value, known in zip(values, table.in_scope)])


def holdout_metrics(table: FeatureTable, raw: dict[str, np.ndarray], fitted: dict) -> dict[str, float]:
    """What the bundle says of itself; the evaluate stage measures more, through the serving code."""
    metrics = {}
    holdout = table.of_split("holdout")
    for name in MODELS:
        rows = holdout[class_numbers(table, name)[holdout] >= 0]
        if len(rows) == 0:  # a score of no rows is no number
            continue
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
        with_word_scores(np.vstack([heads[f"{head}_dense"] for head in MODELS])),
        with_word_scores(np.vstack([heads[f"{head}_dense_if_flagged"] for head in MODELS])),
        table.embedding.shape[1] + table.numeric_feature_names.index(LANGUAGE_FLAG),
        margin_of(name, {head: len(heads[f"{head}_biases"]) for head in MODELS}),
    )


def margin_of(name: str, widths: dict[str, int]) -> np.ndarray:
    """The matrix [scores of all heads, over everything and over words, classes] that makes the model's starting point."""
    first = sum(widths[head] for head in MODELS[: MODELS.index(name)])
    one = np.eye(sum(widths.values()), dtype=np.float32)[:, first : first + widths[name]]
    own = np.vstack([one, one])
    return own if widths[name] > 1 else np.hstack([-own / 2, own / 2])


def with_word_scores(dense: np.ndarray) -> np.ndarray:
    """The scores over words come ready in the input row: no weight of embedding or numeric features for them."""
    return np.vstack([dense, np.zeros_like(dense)])


def write_lexical(path: Path, model: Path, table: FeatureTable) -> dict:
    """lexical.bin (layout: shared/src/bundle/manifest.ts) and its description. Its values are float16's already."""
    arrays = np.load(model / "heads.npz")
    parts = [arrays["idf"]]
    for name in MODELS:
        for weights, bias in zip(arrays[f"{name}_terms"], arrays[f"{name}_biases"]):
            parts += [weights, [bias]]
    for name in MODELS:
        for weights, bias in zip(arrays[f"{name}_words"], arrays[f"{name}_word_biases"]):
            parts += [weights, [bias]]
    path.write_bytes(np.concatenate(parts).astype("<f2").tobytes())
    labels = {"queue": queue_labels(table), "urgency": URGENCIES, "scope": ["out_of_scope"]}
    heads = [{"name": name, "labels": labels[name]} for name in MODELS]
    return {
        "file": "lexical.bin",
        "dtype": "float16",
        "dimensions": len(arrays["idf"]),
        "words": arrays["vocabulary"].tolist(),
        "heads": heads,
    }


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
    with whole_file(path) as file, pyarrow.OSFile(str(file), "wb") as sink, pyarrow.ipc.new_file(sink, arrow.schema) as writer:
        writer.write_table(arrow)


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    run_stage("export", main)
