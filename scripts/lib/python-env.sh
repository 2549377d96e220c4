#!/usr/bin/env bash
# Makes the Python environment of the training stages in .venv from trainer/python/requirements.lock, and prints
# the path of its interpreter on stdout. Does nothing when the environment already matches the lock.
#
# uv is used where it is installed, otherwise `python -m venv` and pip; every package is checked against its
# hash in the lock. The lock names no index: the tool's own configuration says where packages come from.
#
# PYTHON=/path/to/python3 chooses the interpreter. Exit codes: 0 ready, 1 failed, 3 no suitable Python.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
environment="$root/.venv"
lock="$root/trainer/python/requirements.lock"
stamp="$environment/.requirements.sha256"

say() { printf '%s\n' "$*" >&2; }

fits() { "$1" -c 'import sys; sys.exit(not ((3, 10) <= sys.version_info[:2]))' >/dev/null 2>&1; }

find_python() {
  local candidate
  for candidate in ${PYTHON:+"$PYTHON"} python3 python3.13 python3.12 python3.11 python3.10 python; do
    if command -v "$candidate" >/dev/null 2>&1 && fits "$candidate"; then
      command -v "$candidate"
      return
    fi
    if [ -n "${PYTHON:-}" ]; then
      break # a Python that was asked for and does not fit is an error, not a reason to take another
    fi
  done
  say "No Python >= 3.10 was found${PYTHON:+ at PYTHON=$PYTHON}. Training needs one: install it (Debian and Ubuntu:"
  say "apt-get install python3 python3-venv; macOS: brew install python), or set PYTHON to its path, and run this again."
  exit 3
}

make_environment() {
  local python="$1"
  rm -rf "$environment"
  if command -v uv >/dev/null 2>&1; then
    UV_PYTHON_DOWNLOADS=never uv venv --quiet --python "$python" "$environment" &&
      uv pip install --quiet --python "$environment/bin/python" --require-hashes --requirement "$lock"
  else
    if ! "$python" -m venv "$environment"; then
      say "$python cannot make virtual environments. On Debian and Ubuntu: apt-get install python3-venv, then run this again."
      exit 3
    fi
    "$environment/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --requirement "$lock"
  fi
}

digest="$(sha256sum "$lock" 2>/dev/null || shasum -a 256 "$lock")"
digest="${digest%% *}"

if [ "$(cat "$stamp" 2>/dev/null || true)" != "$digest" ] || ! "$environment/bin/python" -c '' 2>/dev/null; then
  python="$(find_python)"
  say "Making the Python environment in .venv with $("$python" --version) (once; about 1 GB)"
  if ! make_environment "$python"; then
    rm -rf "$environment"
    say "The Python packages could not be installed; the lines above say why. Nothing was left behind: run this again."
    exit 1
  fi
  printf '%s\n' "$digest" >"$stamp" # last, so that an interrupted install is made anew
fi

printf '%s\n' "$environment/bin/python"
