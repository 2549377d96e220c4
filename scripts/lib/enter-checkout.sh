# shellcheck shell=bash
# Sourced by what the scripts source: goes to the repository's root. CALLER_DIR is the folder that the script was called in: scripts/lib/caller-path.ts
# reads path arguments from there.

set -euo pipefail
export CALLER_DIR=$PWD
unset CDPATH # with it, cd goes elsewhere and prints where
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

say() { printf '%s\n' "$*" >&2; }

# Whether a script's arguments ask for help.
asks_help() {
  local argument
  for argument in "$@"; do
    case $argument in
      --) return 1 ;;
      --help | -h) return 0 ;;
    esac
  done
  return 1
}

# The first lines of the script, which say what it does and takes.
print_help() { sed -n -e 1d -e '/^#/!q' -e '/^# shellcheck/d' -e 's/^# \{0,1\}//p' "scripts/${0##*/}"; }

# Answers --help by the script's first lines. For scripts without a program that has a usage of its own.
answer_help() {
  asks_help "$@" || return 0
  print_help
  exit 0
}

refuse() {
  say "$1"
  say
  print_help >&2
  exit 2
}

# run_step COMMAND...: a step before the script's own program. A signal that ends the script is handed on and the step's end waited for: else it would
# go on alone and be in the next run's way.
run_step() {
  local step status name signal='' caught=''
  # shellcheck disable=SC2064 # the name is this one
  for name in HUP INT TERM; do trap "signal=$name" "$name"; done
  "$@" &
  step=$!
  while :; do
    status=0
    wait "$step" || status=$?
    [ -n "$signal" ] || break
    caught=$signal signal=''
    # Ctrl-C in a terminal has reached the step as well, and a second one would cut its end short.
    [ "$caught" != INT ] || ends_soon "$step"
    kill -s "$caught" "$step" 2>/dev/null || true
  done
  trap - HUP INT TERM
  caught=${caught:-$signal}
  [ -z "$caught" ] || exit $((128 + $(kill -l "$caught")))
  return "$status"
}

ends_soon() {
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    kill -0 "$1" 2>/dev/null || return 0
    sleep 0.1 || true
  done
}
