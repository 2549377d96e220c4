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

unset CDPATH # with it, cd prints where it goes
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

installed() {
  local digest
  digest="$(digest_of "$1")"
  [ -n "$digest" ] && [ "$(cat "$(stamp_of "$1")" 2>/dev/null || true)" = "$digest" ]
}

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

# Ends it where the turn cannot be taken at all: a checkout that cannot be written, a full disk.
cannot_take_turn() {
  say "One process at a time makes the Python environment, and the turn cannot be taken in ${turn%/*}: ${1:-the line above says why}"
  exit 1
}

# One process alone holds the lock, and the kernel takes it from a dead one.
take_lock() {
  local status=0
  exec 9>>"$turn.lock" || cannot_take_turn
  flock -n 9 || status=$?
  [ "$status" != 0 ] || return 0
  [ "$status" = 1 ] || cannot_take_turn # flock has said why
  say "Waiting for the Python environment, which another process is making"
  flock 9 || cannot_take_turn
}

# "PID START" of a process. Numbers are given out again, and the start tells the two apart; it is empty where neither /proc nor ps tells.
process_of() {
  local stat fields start
  if stat="$(cat "/proc/$1/stat" 2>/dev/null)"; then
    read -r -a fields <<<"${stat##*) }" # behind the name, which may have spaces
    start="${fields[19]}"
  else
    start="$(ps -o lstart= -p "$1" 2>/dev/null || true)"
  fi
  printf '%s %s' "$1" "${start// /_}"
}

# Whether the maker of a link still runs.
runs() {
  local pid="${1%% *}" process
  [ "$pid" != "$$" ] || return 1 # another one's, which had our number before us
  kill -0 "$pid" 2>/dev/null || return 1
  process="$(process_of "$pid")"
  [ "$process" = "$pid " ] || [ "$process" = "$1" ]
}

# Makes a link that names this process. Where there is one already, `maker` is who made that, and the result is 1.
make_link() {
  local said
  for _ in 1 2 3 4 5; do
    if said="$(ln -s "$self" "$1" 2>&1)"; then return 0; fi
    maker="$(readlink "$1" || true)"
    [ -z "$maker" ] || return 1
    sleep 0.2 # it may have gone in between
  done
  cannot_take_turn "$said"
}

# Several may find a dead one's link, and by the time that the second removes it, it may be the first one's own. So it is removed by whoever
# makes a link of the dead one's name, after another look at whose the turn is.
clear_turn_of() {
  local dead="$1" claim="$turn.after.${1%% *}"
  if make_link "$claim"; then
    [ "$(readlink "$turn" || true)" != "$dead" ] || rm -f "$turn"
    rm -f "$claim"
  elif ! runs "$maker"; then
    rm -f "$claim" # killed in the middle of it
  fi
}

# A link is made by one alone; it names its maker, so that a killed one is not waited for.
take_link() {
  local maker told='' self
  self="$(process_of "$$")"
  until make_link "$turn"; do
    if ! runs "$maker"; then
      clear_turn_of "$maker"
      continue
    fi
    [ -n "$told" ] || say "Waiting for the Python environment, which process ${maker%% *} is making"
    told=yes
    sleep 1
  done
  trap 'rm -f "$turn"' EXIT
}

take_turn() {
  mkdir -p "${turn%/*}"
  if command -v flock >/dev/null 2>&1; then take_lock; else take_link; fi
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
