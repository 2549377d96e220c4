"""Asks a DVC remote for every object of the given targets, one by one.

    python trainer/python/remote_objects.py --out FILE.json [--remote NAME] [--mend] [TARGET ... | --folder MD5.dir --path NAME]

Run in the repository. `dvc status --cloud` and `dvc push` ask for a folder's list and take its files for there when that is; this asks the
store for each. --folder asks for a folder by the name of its content, whatever pointers the repository has now; NAME is what it is called in the answer. --mend sends what lacks from this machine's cache, folders' lists last, and asks again. FILE gets {"remote", "url", "checked", "missing": [{"path", "md5", "why"}]}. Exit code 0 whatever is missing,
1 where the remote could not be asked, 3 where none is configured.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from dvc.exceptions import DvcException
from dvc.repo import Repo
from dvc_data.hashfile.hash_info import HashInfo

# An S3 client waits for each answer; this many wait at once.
AT_ONCE = 16


def main() -> None:
    parser = argparse.ArgumentParser(description="Asks a DVC remote for every object of the given targets.")
    parser.add_argument("targets", nargs="*")
    parser.add_argument("--remote")
    parser.add_argument("--out", required=True)
    parser.add_argument("--mend", action="store_true")
    parser.add_argument("--folder")
    parser.add_argument("--path", default="")
    args = parser.parse_args()

    with Repo(os.getcwd()) as repo:
        name = args.remote or repo.config["core"].get("remote")
        if not name or name not in repo.config["remote"]:
            print("remote_objects: no DVC remote is configured", file=sys.stderr)
            sys.exit(3)
        wanted = listed_in_store(repo, name, args.folder, args.path) if args.folder else used(repo, name, args.targets)
        # A folder's list after its files: whoever sees the list may rely on them.
        ordered = sorted(wanted, key=lambda info: (info.isdir, info.value))
        found = lacks(repo, name, ordered)
        if args.mend and any(found):
            for info in [info for info, lack in zip(ordered, found) if lack]:
                send(repo, name, info)
            found = lacks(repo, name, ordered)
        answer = {
            "remote": name,
            "url": re.sub(r"//[^/@\s]+@", "//***@", str(repo.config["remote"][name]["url"])),
            "checked": len(wanted),
            "missing": [lack for lack in found if lack],
        }
    Path(f"{args.out}.part").write_text(json.dumps(answer), "utf-8")
    os.replace(f"{args.out}.part", args.out)


def used(repo: Repo, remote: str, targets: list[str]) -> set:
    """Every object of the targets' outputs: files, folders' lists, and the files that these name."""
    # force: DVC would end, without a name, at a folder whose list is neither here nor there
    known = {info for infos in repo.used_objs(targets=targets or None, remote=remote, force=True).values() for info in infos}
    found = {info.value for info in known}
    for stage, within in [pair for target in targets or [None] for pair in repo.stage.collect_granular(target)]:
        for out in stage.filter_outs(within):
            if out.use_cache and out.hash_info and out.hash_info.isdir and out.hash_info.value not in found:
                known |= listed_in_store(repo, remote, out.hash_info.value, str(out))
    return known


def listed_in_store(repo: Repo, remote: str, md5: str, path: str) -> set:
    """A folder's list and the files that it names; the list alone where the store has none."""
    there = repo.cloud.get_remote_odb(remote, "status", hash_name="md5")
    try:
        with there.fs.open(there.oid_to_path(md5), "rb") as file:
            entries = json.load(file)
    except FileNotFoundError:
        entries = []
    files = {HashInfo("md5", entry["md5"], f"{path}/{entry['relpath']}") for entry in entries}
    return {*files, HashInfo("md5", md5, path)}


def lacks(repo: Repo, remote: str, infos: list) -> list[dict[str, str] | None]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(lambda info: lack_of(repo, remote, info), infos))


def send(repo: Repo, remote: str, info) -> None:
    """Uploads one object from the cache, over whatever is there; one that the cache lacks, or that the store refuses, stays missing."""
    here = repo.cache.local
    path = here.oid_to_path(info.value)
    if os.path.exists(path):
        there = repo.cloud.get_remote_odb(remote, "push", hash_name=info.name)
        try:
            there.add(path, here.fs, info.value, check_exists=False)
        except Exception as error:  # clients of clouds raise what they like
            print(f"remote_objects: {info.value} could not be sent: {said_by(error)}", file=sys.stderr)


def lack_of(repo: Repo, remote: str, info) -> dict[str, str] | None:
    """What is wrong with one object in the remote: not there, or of another size than here. None where nothing is."""
    there = repo.cloud.get_remote_odb(remote, "status", hash_name=info.name)
    path = there.oid_to_path(info.value)
    try:
        size = there.fs.info(path)["size"]
    except FileNotFoundError:
        return {"path": info.obj_name or "", "md5": info.value, "why": "not there"}
    cached = repo.cache.local.oid_to_path(info.value)
    if os.path.exists(cached) and os.path.getsize(cached) != size:
        return {"path": info.obj_name or "", "md5": info.value, "why": f"{size} bytes there, {os.path.getsize(cached)} here"}
    return None


def said_by(error: Exception) -> str:
    """The first line of what it says, of errors whose words are known to hold no address with a password; else its kind."""
    is_known = isinstance(error, (DvcException, OSError)) and str(error)
    return str(error).splitlines()[0][:500] if is_known else type(error).__name__


if __name__ == "__main__":
    try:
        main()
    except Exception as error:  # a traceback could show an address with a password
        sys.exit(f"remote_objects: {said_by(error)}")
