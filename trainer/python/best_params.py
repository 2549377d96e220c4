"""The file that the tune stage writes and the train stage reads: models/<data set>.best-params.json.

    {"format": 1, "seed": 1, "metric": "log_loss", "models": {"queue": {"params": {...}, "log_loss": .5, "rounds": 90,
     "trials": [{"params": {...}, "log_loss": .5, "rounds": 90, "end": "finished"}, ...]}, "urgency": ..., "scope": ...}}

`end` is "finished", "stopped" (worse than the others at the same number of rounds, or out of time) or "failed" (no score
then). There is no time in it, and no name of a machine.
"""

from __future__ import annotations

import json
import math
from pathlib import Path

from learning_tasks import MODELS
from whole_file import whole_file

FORMAT = 1


def read_best_params(path: str) -> dict[str, dict]:
    """By model, the parameters found. Raises ValueError, which names the next step, where the file is not such a one."""
    hint = "Run the tune stage, which writes it, and run this again."
    try:
        content = json.loads(Path(path).read_text("utf-8"))
    except FileNotFoundError:
        raise ValueError(f"{path} is not there. {hint}") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"{path} is no JSON ({error}). {hint}") from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ValueError(f"{path} is not of format {FORMAT}. {hint}")
    found = {}
    for name in MODELS:
        params = (content.get("models") or {}).get(name, {}).get("params")
        if not isinstance(params, dict) or not all(is_number(value) for value in params.values()):
            raise ValueError(f"{path} has no parameters, each a number, for the model {name}. {hint}")
        found[name] = params
    return found


def write_best_params(path: str, models: dict[str, dict], seed: int) -> None:
    """Writes the file whole; a trial is one line, so that a difference in git can be read."""
    parts = []
    for name, model in models.items():
        trials = ",\n".join(f"        {json.dumps(trial)}" for trial in model["trials"])
        parts.append(
            f"    {json.dumps(name)}: {{\n"
            f'      "params": {json.dumps(model["params"])},\n'
            f'      "log_loss": {model["log_loss"]},\n'
            f'      "rounds": {model["rounds"]},\n'
            f'      "trials": [\n{trials}\n      ]\n    }}'
        )
    text = f'{{\n  "format": {FORMAT},\n  "seed": {seed},\n  "metric": "log_loss",\n  "models": {{\n' + ",\n".join(parts) + "\n  }\n}\n"
    with whole_file(path) as file:
        file.write_text(text, "utf-8")


def is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
