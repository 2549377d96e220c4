"""Trains and packs a bundle as trainer/python/train.py and export.py do, from the first seed alone: nothing here looks at a second.

    python scripts/evaluation/train-one-seed.py --features FILE.arrow --snapshot FOLDER --params params.yaml --data-set NAME
        --best-params FILE.json --model FOLDER --out BUNDLE_FOLDER
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "trainer" / "python"))

from best_params import read_best_params  # noqa: E402
from dvc_md5 import dvc_md5  # noqa: E402
from export import library_versions, pack, read_probabilities  # noqa: E402
from feature_table import read_feature_table  # noqa: E402
from params import read_params  # noqa: E402
from run_stage import run_stage  # noqa: E402
from train import say, train, with_best, write_models  # noqa: E402
from whole_folder import whole_folder  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(description="Trains and packs a bundle from one seed.")
    for name in ("features", "snapshot", "params", "data-set", "best-params", "model", "out"):
        parser.add_argument(f"--{name}", required=True)
    args = parser.parse_args()
    params = read_params(args.params, args.data_set)
    settings = with_best(params["train"], read_best_params(args.best_params))
    table = read_feature_table(args.features)
    with whole_folder(args.model) as folder:
        write_models(folder, train(table, settings, params["seed"], say))
    lineage = {
        "data_md5": dvc_md5(args.snapshot),
        "seed": params["seed"],
        "params": {"train": settings, "export": params["export"]},
        "libraries": library_versions(),
    }
    model = Path(args.model)
    pack(args.out, model, table, read_probabilities(model, table), params, lineage)


if __name__ == "__main__":
    run_stage("train-one-seed", main)
