"""Writes a finished training down in MLflow, and registers its bundle as the challenger.

    python trainer/python/log_run.py --data-set NAME --bundle FOLDER --metrics FILE --evaluation FOLDER --snapshot FOLDER
        --params params.yaml --store FOLDER --out run.json [--best-params FILE] [--commit SHA] [--texts]

Logs parameters, metrics, artefacts (report, metrics, best parameters) and the bundle as a logged model; tags all with git commit, DVC md5,
snapshot, data set and window; registers a model version and, last of all, gives it the alias `challenger`: what the alias names is whole.
The report goes without the tickets' texts unless --texts is given. A run of the same bundle that was cut short is closed as
failed; where it got as far as a version that one is taken, so that a bundle has one. run.json gets what differs from run to run (ids,
times); it is written only when everything else is done.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import bundle_flavor
import tracking
from params import read_params

import mlflow
from mlflow import MlflowClient
from mlflow.models import Model

# MLflow's limits on one call.
MOST_PARAMS = 100
LONGEST_PARAM = 6000


def main() -> None:
    parser = argparse.ArgumentParser(description="Writes a finished training down in MLflow.")
    for name in ("data-set", "bundle", "metrics", "evaluation", "snapshot", "params", "store", "out"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--best-params")
    parser.add_argument("--commit", default="")
    parser.add_argument("--texts", action="store_true")
    args = parser.parse_args()

    manifest = bundle_flavor.read_checked_manifest(args.bundle)
    metrics = json.loads(Path(args.metrics).read_text("utf-8"))
    if metrics.get("bundle", {}).get("version") != manifest["version"]:
        raise ValueError(f"{args.metrics} is not of bundle {manifest['version']}: run the evaluate stage again.")
    latency = json.loads((Path(args.evaluation) / "latency.json").read_text("utf-8"))
    started = datetime.now(timezone.utc)

    client = tracking.connect(args.data_set, args.store)
    close_unfinished(client, args.data_set, metrics["bundle"]["hash"])
    tags = describe(args, manifest, metrics)
    known = find_version(client, args.data_set, tags)
    if known is None:
        with mlflow.start_run(run_name=manifest["version"], tags=tags) as run:
            log_params(args, manifest)
            mlflow.log_metrics({**dict(numbers(metrics)), **dict(numbers(latency or {}, "latency"))})
            log_files(args)
            info = Model.log(artifact_path=None, name="bundle", flavor=bundle_flavor, bundle=args.bundle, tags=tags)
        run_id = run.info.run_id
        version = register(client, args.data_set, info.model_uri, run_id, tags)
    else:
        run_id, version = known
    challenge(client, args.data_set, version)

    write_whole(
        args.out,
        {
            "data_set": args.data_set,
            "bundle_version": manifest["version"],
            "bundle_hash": metrics["bundle"]["hash"],
            "store": tracking.store_name(),
            "run_id": run_id,
            "model_name": tracking.model_name(args.data_set),
            "model_version": str(version),
            "git_commit": args.commit or None,
            "started_at": started.isoformat(),
            "ended_at": datetime.now(timezone.utc).isoformat(),
            "latency": latency,
        },
    )


def describe(args: argparse.Namespace, manifest: dict, metrics: dict) -> dict[str, str]:
    """The tags of the run, of the logged model and of its version: where the bundle came from."""
    rows = (Path(args.snapshot) / "rows.jsonl").read_bytes()
    tags = {
        "data_set": args.data_set,
        "bundle_version": manifest["version"],
        "bundle_hash": metrics["bundle"]["hash"],
        "dvc_md5": manifest["lineage"]["data_md5"],
        "snapshot_sha256": hashlib.sha256(rows).hexdigest(),
        "feature_hash": manifest["feature_hash"],
        "window": window_of(rows),
    }
    if args.commit:
        tags["git_commit"] = args.commit
    return tags


def window_of(rows: bytes) -> str:
    """First and last day of the snapshot's rows; "no times" where rows have none."""
    times = sorted(time for line in rows.splitlines() if (time := json.loads(line).get("created_at")))
    return f"{times[0][:10]}/{times[-1][:10]}" if times else "no times"


def close_unfinished(client: MlflowClient, data_set: str, bundle_hash: str) -> None:
    """Ends runs of this bundle that a lost connection or a killed process left open: what they hold is incomplete."""
    experiment = client.get_experiment_by_name(tracking.model_name(data_set))
    wanted = f"tags.bundle_hash = '{bundle_hash}' and attributes.status = 'RUNNING'"
    for run in client.search_runs([experiment.experiment_id], filter_string=wanted):
        client.set_terminated(run.info.run_id, status="FAILED")


def log_params(args: argparse.Namespace, manifest: dict) -> None:
    """What the training was told: the data set's block of params.yaml, the best parameters, seed, libraries."""
    values = {
        **dict(leaves(read_params(args.params, args.data_set), "params")),
        **dict(leaves(manifest["lineage"]["libraries"], "libraries")),
        "seed": str(manifest["lineage"]["seed"]),
    }
    if args.best_params:
        values |= dict(leaves(json.loads(Path(args.best_params).read_text("utf-8")), "best"))
    entries = sorted((key[:250], value[:LONGEST_PARAM]) for key, value in values.items())
    for start in range(0, len(entries), MOST_PARAMS):
        mlflow.log_params(dict(entries[start : start + MOST_PARAMS]))


def log_files(args: argparse.Namespace) -> None:
    """Report, metrics and best parameters. The page is called report.html either way, with the texts or without."""
    page = "report.html" if args.texts else "report-without-texts.html"
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.html"
        report.write_bytes((Path(args.evaluation) / page).read_bytes())
        mlflow.log_artifact(str(report))
    mlflow.log_artifact(args.metrics)
    if args.best_params:
        mlflow.log_artifact(args.best_params)


def register(client: MlflowClient, data_set: str, model_uri: str, run_id: str, tags: dict[str, str]) -> str:
    """A new version of the data set's registered model."""
    name = tracking.model_name(data_set)
    if not client.search_registered_models(filter_string=f"name = '{name}'"):
        client.create_registered_model(name, description=f"Model bundles trained on the data set {data_set}.")
    model_id = model_uri.removeprefix("models:/")
    return client.create_model_version(name, model_uri, run_id, tags=tags, model_id=model_id).version


def find_version(client: MlflowClient, data_set: str, tags: dict[str, str]) -> tuple[str, str] | None:
    """Run and version of this bundle, where an earlier call was killed after it had registered it and before it wrote that down."""
    wanted = [f"tags.{name} = '{tags[name]}'" for name in ("bundle_hash", "bundle_version")]
    found = client.search_model_versions(" and ".join([f"name = '{tracking.model_name(data_set)}'", *wanted]))
    newest = max(found, key=lambda entry: int(entry.version), default=None)
    return None if newest is None else (newest.run_id, str(newest.version))


def challenge(client: MlflowClient, data_set: str, version: str) -> None:
    """Names the version `challenger`; one that is `champion` by now stays that alone."""
    name = tracking.model_name(data_set)
    if str(client.get_registered_model(name).aliases.get("champion")) != str(version):
        client.set_registered_model_alias(name, "challenger", version)


def leaves(value: object, name: str) -> Iterator[tuple[str, str]]:
    """("a.b.c", "text") for each value of a nested dictionary; a list is one value."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, f"{name}.{key}")
    else:
        yield name, value if isinstance(value, str) else json.dumps(value)


def numbers(value: object, name: str = "") -> Iterator[tuple[str, float]]:
    """("holdout.queue.accuracy", 0.77) for each number of the metrics; lists (confusion, intervals) stand in the artefact."""
    if isinstance(value, bool) or value is None:
        return
    if isinstance(value, (int, float)):
        yield metric_name(name), float(value)
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from numbers(inner, f"{name}.{key}" if name else key)


def metric_name(name: str) -> str:
    """MLflow takes letters, digits and - _ . / space : a queue may be called anything."""
    return "".join(sign if sign.isalnum() or sign in "-_./ " else "_" for sign in name)[:250]


def write_whole(path: str, content: dict) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(f"{path}.part").write_text(json.dumps(content, indent=2) + "\n", "utf-8")
    os.replace(f"{path}.part", path)


if __name__ == "__main__":
    tracking.run_command("log_run", main)
