#!/usr/bin/env bash
# Makes the Python environment of the training stages in .venv from trainer/python/requirements.lock, and prints
# the path of its interpreter on stdout. Does nothing when the environment already matches the lock. With --test
# it also has what tests start (requirements-test.lock). Two that are started at once wait for each other.
#
# uv is used where it is installed, otherwise `python -m venv` and pip; every package is checked against its
# hash in the lock. The lock names no index: the tool's own configuration says where packages come from.
#
# PYTHON=/path/to/python3 chooses the interpreter. Exit codes: 0 ready, 1 failed, 3 no suitable Python.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
environment="$root/.venv"
turn="$root/.cache/python-env.turn"
locks=("$root/trainer/python/requirements.lock")
[ "${1:-}" = --test ] && locks+=("$root/trainer/python/requirements-test.lock")

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

digest_of() {
  local sum
  sum="$(sha256sum "$1" 2>/dev/null || shasum -a 256 "$1")"
  printf '%s' "${sum%% *}"
}

# The stamp of a lock is written last, so that an interrupted install is made anew.
stamp_of() { printf '%s/.%s.sha256' "$environment" "$(basename "$1" .lock)"; }

installed() { [ "$(cat "$(stamp_of "$1")" 2>/dev/null || true)" = "$(digest_of "$1")" ]; }

all_installed() {
  local lock
  for lock in "${locks[@]}"; do installed "$lock" || return 1; done
  "$environment/bin/python" -c '' 2>/dev/null
}

make_environment() {
  local python="$1"
  rm -rf "$environment"
  if command -v uv >/dev/null 2>&1; then
    UV_PYTHON_DOWNLOADS=never uv venv --quiet --python "$python" "$environment"
  elif ! "$python" -m venv "$environment"; then
    say "$python cannot make virtual environments. On Debian and Ubuntu: apt-get install python3-venv, then run this again."
    exit 3
  fi
}

install_packages() {
  if command -v uv >/dev/null 2>&1; then
    uv pip install --quiet --python "$environment/bin/python" --require-hashes --requirement "$1"
  else
    "$environment/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --requirement "$1"
  fi
}

# Several may find a dead one's link, and by the time that the second removes it, it may be the first one's own. So it is removed by whoever
# makes a link of the dead one's name, after another look at whose the turn is.
clear_turn_of() {
  local claim="$turn.after.$1"
  if ln -s "$$" "$claim" 2>/dev/null; then
    [ "$(readlink "$turn" || true)" != "$1" ] || rm -f "$turn"
    rm -f "$claim"
  elif ! kill -0 "$(readlink "$claim" || printf '%s' "$$")" 2>/dev/null; then
    rm -f "$claim" # killed in the middle of it
  fi
}

# A link is made by one alone; it names its maker's process, so that a killed one is not waited for.
take_turn() {
  local holder told=
  mkdir -p "${turn%/*}"
  until ln -s "$$" "$turn" 2>/dev/null; do
    holder="$(readlink "$turn" || true)"
    if [ -n "$holder" ] && ! kill -0 "$holder" 2>/dev/null; then
      clear_turn_of "$holder"
      continue
    fi
    [ -n "$told" ] || say "Waiting for the Python environment, which process ${holder:-another} is making"
    told=yes
    sleep 1
  done
  trap 'rm -f "$turn"' EXIT
  trap 'exit 130' INT TERM
}

if ! all_installed; then
  take_turn
  if ! installed "${locks[0]}" || ! "$environment/bin/python" -c '' 2>/dev/null; then
    python="$(find_python)"
    say "Making the Python environment in .venv with $("$python" --version) (once; 1.5 GB)"
    make_environment "$python"
  fi
  for lock in "${locks[@]}"; do
    installed "$lock" && continue
    if ! install_packages "$lock"; then
      rm -rf "$environment"
      say "The Python packages could not be installed; the lines above say why. Nothing was left behind: run this again."
      exit 1
    fi
    printf '%s\n' "$(digest_of "$lock")" >"$(stamp_of "$lock")"
  done
fi

printf '%s\n' "$environment/bin/python"
