"""Searches the tree models' parameters: Ray Tune with Optuna's search, worse trials stopped early by ASHA.

    python trainer/python/tune.py --features FILE.arrow --params params.yaml --data-set NAME [--serving manifest.json]
        --out FILE.json

Runs on this machine's cores, or on the Ray cluster that RAY_ADDRESS names. A trial grows its folds' models a round at a
time on one core (boosting.py) and reports the out-of-fold log loss, in which each class weighs the same: it is what
early stopping and calibration look at too, and it moves smoothly where macro-F1 moves in steps of single rows. The
search starts from the parameters of the model that serves (its manifest, where there is one) and from those of
params.yaml. A trial that fails is left out and counted. Writes the best of each model to FILE.json (best_params.py has
its format), whole or not at all; the features and the heads' scores are computed once and shared by all trials.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Before Ray is imported: no usage statistics, no signal handlers but ours, no colours, as few of its own lines as it can.
os.environ.update(
    RAY_USAGE_STATS_ENABLED="0",
    RAY_DEDUP_LOGS="0",
    RAY_AIR_NEW_OUTPUT="0",
    RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO="0",
    TUNE_DISABLE_SIGINT_HANDLER="1",
    TUNE_DISABLE_AUTO_CALLBACK_LOGGERS="1",
    TUNE_DISABLE_AUTO_CALLBACK_SYNCER="1",
    TUNE_GLOBAL_CHECKPOINT_S="3600",
    TUNE_WARN_EXCESSIVE_EXPERIMENT_CHECKPOINT_SYNC_THRESHOLD_S="0",
)

# Ray's ports run any code that is sent to them: here they take a token that these processes alone know (left to itself Ray
# would write one into the user's home), on a cluster the one of RAY_AUTH_TOKEN.
if not os.environ.get("RAY_ADDRESS"):
    os.environ.update(RAY_AUTH_MODE="token", RAY_AUTH_TOKEN=secrets.token_hex(32))
elif os.environ.get("RAY_AUTH_TOKEN"):
    os.environ.setdefault("RAY_AUTH_MODE", "token")

import optuna  # noqa: E402
import ray  # noqa: E402
from best_params import is_number, write_best_params  # noqa: E402
from boosting import boost_in_folds  # noqa: E402
from feature_table import read_feature_table, with_terms_in  # noqa: E402
from head_scores import fit_head_scores  # noqa: E402
from learning_tasks import Task, require_learnable, tasks_of, with_folds  # noqa: E402
from params import read_params  # noqa: E402
from ray import tune  # noqa: E402
from ray.tune.schedulers import ASHAScheduler  # noqa: E402
from ray.tune.search.optuna import OptunaSearch  # noqa: E402
from run_stage import catch_signals, run_stage  # noqa: E402
from tree_data import TreeData, tree_data  # noqa: E402
from usable_cpus import usable_cpus  # noqa: E402

# ASHA: no trial is stopped before these rounds, and of three that reach a rung one goes on.
GRACE_ROUNDS = 40
REDUCTION = 3

# A trial reports after every so many rounds, and at its end.
REPORT_EVERY = 10

# Room for what trials share; Ray takes no less.
OBJECT_STORE_BYTES = 100 * 2**20


def main() -> None:
    parser = argparse.ArgumentParser(description="Searches the tree models' parameters.")
    for name in ("features", "params", "data-set", "out"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--serving", help="manifest.json of the model that serves, to start from")
    args = parser.parse_args()
    params = read_params(args.params, args.data_set)
    settings, seed = params["train"], params["seed"]
    table = with_terms_in(read_feature_table(args.features), settings["linear"]["lexical_dimensions"])
    tasks = tasks_of(table)
    require_learnable(table, tasks, settings["folds"])
    tasks = {name: with_folds(task, table, settings["folds"], seed) for name, task in tasks.items()}
    scores = fit_head_scores(table, tasks, settings["linear"], say)
    serving = read_serving(args.serving)

    found = {}
    with ray_running():
        for name, task in tasks.items():
            starts = [start for start in (serving.get(name), settings[name]) if start]
            data = tree_data(table, scores.unseen, name)
            found[name] = search(name, task, data, settings[name], starts, params["tune"], seed + len(found))
    write_best_params(args.out, found, seed)


def search(name: str, task: Task, data: TreeData, fixed: dict, starts: list[dict], params: dict, seed: int) -> dict:
    """The best parameters of one model, as best_params.py writes them. `params`: the data set's `tune` block; `fixed`: the
    model's own in `train`, of which those in the search's space are replaced. `seed` draws the search and each trial's rows.

    Raises ValueError where no trial came to a score.
    """
    space = params["space"]
    progress = Progress(name, params["trials"])
    tuner = tune.Tuner(
        tune.with_resources(tune.with_parameters(trial, task=task, data=data, fixed=fixed, seed=seed), {"cpu": 1}),
        param_space={key: domain(key, bounds) for key, bounds in space.items()},
        tune_config=tune.TuneConfig(
            metric="log_loss",
            mode="min",
            num_samples=params["trials"],
            time_budget_s=params["time_budget_s"],
            max_concurrent_trials=max(1, int(ray.cluster_resources().get("CPU", 1))),
            search_alg=OptunaSearch(points_to_evaluate=starting_points(starts, space), seed=seed),
            scheduler=ASHAScheduler(
                time_attr="rounds",
                max_t=max(fixed["rounds"], GRACE_ROUNDS) + 1,  # a trial that grew to its end was not stopped
                grace_period=GRACE_ROUNDS,
                reduction_factor=REDUCTION,
            ),
            reuse_actors=True,
        ),
        run_config=tune.RunConfig(
            name=name, storage_path=f"{tempfile.gettempdir()}/ray-results-{os.getpid()}", verbose=0, callbacks=[progress]
        ),
    )
    try:
        results = list(tuner.fit())
    finally:
        shutil.rmtree(f"{tempfile.gettempdir()}/ray-results-{os.getpid()}", ignore_errors=True)
    trials = [describe(result, space) for result in results]
    scored = [entry for entry in trials if entry["end"] != "failed"]
    if not scored:
        why = next((last_line(result.error) for result in results if result.error), "the time budget was over before one had a score")
        raise ValueError(
            f"{name}: none of {len(trials)} trials came to a score ({why}). Look at tune.space and tune.time_budget_s "
            "in the parameters' file, and run this again."
        )
    best = min(scored, key=lambda entry: entry["log_loss"])
    say(f"{name}: best of {len(trials)} trials ({len(trials) - len(scored)} failed): log loss {best['log_loss']} after {best['rounds']} rounds")
    return {**{key: best[key] for key in ("params", "log_loss", "rounds")}, "trials": trials}


def trial(config: dict, task: Task, data: TreeData, fixed: dict, seed: int) -> None:
    """One set of parameters, reported as it grows. Runs in a process of Ray's, perhaps on another machine: no file is read."""

    def report(rounds: int, curve: list[float]) -> None:
        if rounds % REPORT_EVERY == 0:
            best = min(curve)
            tune.report({"rounds": rounds, "log_loss": best, "best_rounds": curve.index(best) + 1})
        done[:] = curve

    done: list[float] = []
    boosted = boost_in_folds(task, data, {**fixed, **{key: short(value) for key, value in config.items()}}, seed, report)
    tune.report({"rounds": len(done), "log_loss": boosted.log_loss, "best_rounds": boosted.rounds, "finished": 1})


def domain(key: str, bounds: dict) -> tune.search.sample.Domain:
    """A range of params.yaml: {log: [a, b]}, {uniform: [a, b]} or {integer: [a, b]}, both ends among the values."""
    kinds = {"log": tune.loguniform, "uniform": tune.uniform, "integer": lambda low, high: tune.randint(low, high + 1)}
    if isinstance(bounds, dict) and len(bounds) == 1:
        [(kind, ends)] = bounds.items()
        if kind in kinds and isinstance(ends, list) and len(ends) == 2 and all(map(is_number, ends)) and ends[0] < ends[1]:
            return kinds[kind](*ends)
    raise ValueError(f"tune.space.{key} is {bounds}: write {{log: [a, b]}}, {{uniform: [a, b]}} or {{integer: [a, b]}} with a < b.")


def starting_points(starts: list[dict], space: dict) -> list[dict]:
    """The part of each start that is searched for, moved into the space where it lies outside; each once."""
    points = []
    for start in starts:
        if not all(key in start for key in space):
            continue
        point = {}
        for key, bounds in space.items():
            [(kind, (low, high))] = bounds.items()
            point[key] = min(max(start[key], low), high)
            point[key] = int(point[key]) if kind == "integer" else float(point[key])
        if point not in points:
            points.append(point)
    return points


def read_serving(path: str | None) -> dict[str, dict]:
    """By model, the parameters that the serving bundle was trained with; none where there is no bundle, or an older one."""
    if path is None or not Path(path).exists():
        return {}
    lineage = json.loads(Path(path).read_text("utf-8")).get("lineage", {})
    return lineage.get("params", {}).get("tuned", {})


def describe(result: tune.Result, space: dict) -> dict:
    metrics = result.metrics or {}
    params = {key: short(result.config[key]) for key in space}
    if result.error or not is_number(metrics.get("log_loss")):
        return {"params": params, "end": "failed"}
    end = "finished" if metrics.get("finished") else "stopped"
    return {"params": params, "log_loss": round(metrics["log_loss"], 5), "rounds": metrics["best_rounds"], "end": end}


def short(value: float) -> float:
    """Four digits say all that a search found out; the trial uses what the file will say."""
    return value if isinstance(value, int) else float(f"{value:.4g}")


class Progress(tune.Callback):
    """A plain line for each trial that ended; the same on a terminal and in a log."""

    def __init__(self, name: str, trials: int) -> None:
        self.name, self.trials, self.ended, self.best = name, trials, 0, float("inf")

    def on_trial_complete(self, iteration: int, trials: list, trial: tune.experiment.Trial, **info: object) -> None:
        result = trial.last_result or {}
        loss = result.get("log_loss", float("nan"))
        self.best = min(self.best, loss)
        self.tell(f"log loss {loss:.4f} after {result.get('rounds')} rounds, best {self.best:.4f}")

    def on_trial_error(self, iteration: int, trials: list, trial: tune.experiment.Trial, **info: object) -> None:
        why = trial.get_pickled_error() if trial.error_file or trial.pickled_error_file else None
        self.tell(f"failed: {last_line(why)}")

    def tell(self, what: str) -> None:
        self.ended += 1
        say(f"{self.name}: trial {self.ended}/{self.trials}: {what}")


def last_line(error: BaseException | None) -> str:
    """The line that says what is wrong, out of a trace that went through Ray and XGBoost."""
    lines = [line.strip() for line in str(error or "no reason given").splitlines() if line.strip()]
    telling = [line for line in lines if "Error" in line and not line.startswith(("File", "ray."))]
    return (telling or lines)[-1][:200]


@contextmanager
def ray_running() -> Iterator[None]:
    """Ray on this machine's cores, its files in a folder of its own that goes at the end; or the cluster of RAY_ADDRESS.

    A cluster that asks for a token gets that of RAY_AUTH_TOKEN. Raises ValueError where the cluster does not answer.
    """
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    quiet = {"log_to_driver": False, "logging_level": logging.CRITICAL, "configure_logging": True}
    if os.environ.get("RAY_ADDRESS"):
        # The modules go with the job: a node of the cluster has the libraries, not this repository.
        try:
            ray.init(runtime_env={"working_dir": str(Path(__file__).parent)}, **quiet)
        except ConnectionError as error:
            raise ValueError(
                f"The Ray cluster at RAY_ADDRESS={os.environ['RAY_ADDRESS']} does not answer, or takes another token than that of "
                f"RAY_AUTH_TOKEN ({error}). Mend that, or unset RAY_ADDRESS to search on this machine, and run this again."
            ) from None
        try:
            yield
        finally:
            ray.shutdown()
        return
    folder = tempfile.mkdtemp(prefix="ray-")  # short: sockets in it may have 107 bytes
    watcher = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("end_with_parent.py")), str(os.getpid()), folder],
        stdin=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        ray.init(
            address="local",
            _node_ip_address="127.0.0.1",
            num_cpus=usable_cpus(),
            object_store_memory=OBJECT_STORE_BYTES,
            include_dashboard=False,
            _temp_dir=folder,
            **quiet,
        )
        catch_signals()  # Ray has put handlers of its own, which abort
        yield
    finally:
        ray.shutdown()
        watcher.stdin.close()
        watcher.wait()


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    run_stage("tune", main)
