# shellcheck shell=bash
# Sourced by what the scripts source: goes to the repository's root. CALLER_DIR is the folder that the script was called in: scripts/lib/caller-path.ts
# reads path arguments from there.

set -euo pipefail
export CALLER_DIR=$PWD
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
