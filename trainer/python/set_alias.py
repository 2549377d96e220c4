"""Moves an alias of a data set's registered model to the version that holds a given bundle.

    python trainer/python/set_alias.py --data-set NAME --bundle-version VERSION --alias champion --store FOLDER

Promotion gives `champion`; the bundle is no `challenger` any longer then. Prints the model version. Exit code 1 where there is no such version.
"""

from __future__ import annotations

import argparse

import tracking


def main() -> None:
    parser = argparse.ArgumentParser(description="Moves an alias of the registered model.")
    for name in ("data-set", "bundle-version", "store"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--alias", required=True, choices=["champion", "challenger"])
    args = parser.parse_args()

    client = tracking.connect(args.data_set, args.store)
    name = tracking.model_name(args.data_set)
    found = client.search_model_versions(f"name = '{name}' and tags.bundle_version = '{args.bundle_version}'")
    if not found:
        raise ValueError(f"{name} has no version with bundle {args.bundle_version}: log its run first (cli.ts log-run).")
    version = max(int(entry.version) for entry in found)
    client.set_registered_model_alias(name, args.alias, str(version))
    aliases = client.get_registered_model(name).aliases
    if args.alias == "champion" and str(aliases.get("challenger")) == str(version):
        client.delete_registered_model_alias(name, "challenger")
    print(version)


if __name__ == "__main__":
    tracking.run_command("set_alias", main)
