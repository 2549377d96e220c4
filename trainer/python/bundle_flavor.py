"""The MLflow flavour of a model bundle: the folder that the API loads, as it is.

MLflow's own flavours describe one model in one framework, and load it in Python. A bundle is three ONNX graphs, term weights and
a manifest, and is served by our own code; so this flavour keeps the files, checks them against the manifest, and does
not pretend that Python could predict with them. `mlflow.models.Model.log(name=..., flavor=bundle_flavor)` calls save_model.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import tracking  # noqa: F401  sets MLflow's environment before MLflow is imported

from mlflow.models import Model

FLAVOR = "support_it_agent_bundle"

# Inside the logged model's folder.
BUNDLE_FOLDER = "bundle"


def save_model(path: str, mlflow_model: Model, bundle: str) -> None:
    """Puts the bundle's files, checked, and MLmodel under `path`. Raises ValueError where a file is not the manifest's."""
    manifest = read_checked_manifest(bundle)
    shutil.copytree(bundle, Path(path) / BUNDLE_FOLDER)
    mlflow_model.add_flavor(FLAVOR, bundle=BUNDLE_FOLDER, version=manifest["version"], format=manifest["format"])
    mlflow_model.save(str(Path(path) / "MLmodel"))


def read_checked_manifest(bundle: str | Path) -> dict:
    """The manifest of a bundle whose files have the digests that it names. Raises ValueError, which names the file, otherwise."""
    manifest = json.loads((Path(bundle) / "manifest.json").read_text("utf-8"))
    for name, declared in manifest["files"].items():
        digest = hashlib.sha256((Path(bundle) / name).read_bytes()).hexdigest()
        if digest != declared["sha256"]:
            raise ValueError(f"{bundle}/{name} is not the file that its manifest declares: run the export stage again.")
    return manifest
