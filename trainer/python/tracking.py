"""The way to MLflow: where its store is, what a data set's model is called there, and what may be said of a failure.

MLFLOW_TRACKING_URI names a server (its token or password comes from the environment too, never from an argument); without it the
store is embedded: an SQLite file and a folder of artefacts under --store. MLflow's own telemetry is switched off.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

# Before mlflow is imported. A server that is away shall be an answer within a minute, not in ten; both can be set from outside.
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("DO_NOT_TRACK", "true")
os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "2")
os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "30")
os.environ.setdefault("MLFLOW_ENABLE_ASYNC_LOGGING", "false")
os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
os.environ.setdefault("MLFLOW_LOGGING_LEVEL", "WARNING")
os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")

# The server that was named from outside; MLflow writes its own choice into the same variable later.
SERVER = os.environ.get("MLFLOW_TRACKING_URI") or ""

import mlflow  # noqa: E402
from mlflow import MlflowClient  # noqa: E402
from mlflow.exceptions import MlflowException  # noqa: E402


def connect(data_set: str, store: str) -> MlflowClient:
    """Points MLflow at its store, makes the data set's experiment the current one, and gives the client."""
    if SERVER:
        mlflow.set_tracking_uri(SERVER)
        mlflow.set_experiment(model_name(data_set))
        return MlflowClient()
    folder = Path(store).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    mlflow.set_tracking_uri(f"sqlite:///{folder}/mlflow.db")
    client = MlflowClient()
    # Left to itself, the embedded store puts artefacts under whatever folder the command was started in.
    if client.get_experiment_by_name(model_name(data_set)) is None:
        client.create_experiment(model_name(data_set), artifact_location=(folder / "artifacts").as_uri())
    mlflow.set_experiment(model_name(data_set))
    return client


def model_name(data_set: str) -> str:
    """The registered model's name, and the experiment's."""
    return f"support-it-agent-{data_set}"


def store_name() -> str:
    """What may be written down of the store: "embedded", or the server's address without a password."""
    return without_secrets(SERVER) if SERVER else "embedded"


def without_secrets(text: str) -> str:
    """`text` without the user and password of any address in it, and without the token."""
    hidden = re.sub(r"//[^/@\s]+@", "//***@", text)
    for name in ("MLFLOW_TRACKING_TOKEN", "MLFLOW_TRACKING_PASSWORD"):
        if secret := os.environ.get(name):
            hidden = hidden.replace(secret, "***")
    return hidden


def run_command(name: str, command: Callable[[], None]) -> None:
    """Runs a script's main. A failure ends it with exit code 1 and one line that holds no secret; never with a traceback, which could."""
    try:
        command()
    except (MlflowException, OSError, ValueError) as error:
        lines = without_secrets(str(error)).strip().splitlines() or [type(error).__name__]
        sys.exit(f"{name}: {lines[0][:500]} ({store_name()} store)")
