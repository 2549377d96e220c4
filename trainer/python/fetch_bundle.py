"""Fetches a bundle out of MLflow's registry, by its alias.

    python trainer/python/fetch_bundle.py --data-set NAME --alias champion --store FOLDER --out FOLDER

The folder is there whole and checked against its manifest, or not at all.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path

import bundle_flavor
import tracking
from whole_folder import whole_folder

import mlflow


def main() -> None:
    parser = argparse.ArgumentParser(description="Fetches a bundle out of MLflow's registry.")
    for name in ("data-set", "alias", "store", "out"):
        parser.add_argument(f"--{name}", required=True)
    args = parser.parse_args()

    tracking.connect(args.data_set, args.store)
    with tempfile.TemporaryDirectory() as temporary:
        uri = f"models:/{tracking.model_name(args.data_set)}@{args.alias}"
        fetched = Path(mlflow.artifacts.download_artifacts(artifact_uri=uri, dst_path=temporary))
        bundle = fetched / bundle_flavor.BUNDLE_FOLDER
        bundle_flavor.read_checked_manifest(bundle)
        with whole_folder(args.out) as folder:
            shutil.copytree(bundle, folder, dirs_exist_ok=True)


if __name__ == "__main__":
    tracking.run_command("fetch_bundle", main)
