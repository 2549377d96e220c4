# shellcheck shell=bash
# Sourced by what the scripts source: goes to the repository's root. CALLER_DIR is the folder that the script was called in: scripts/lib/caller-path.ts
# reads path arguments from there.

set -euo pipefail
export CALLER_DIR=$PWD
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

say() { printf '%s\n' "$*" >&2; }
