#!/usr/bin/env bash
# Makes the Python environment of zizmor, shellcheck, check-jsonschema and pip-audit in .tools (test/delivery/requirements.txt: wheels alone, each
# against its hash), and prints the folder of its programs. Does nothing where it is there. Exit codes: 0 ready, 1 failed, 3 no suitable Python.
set -euo pipefail
unset CDPATH
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

requirements=test/delivery/requirements.txt
sum=$(sha256sum "$requirements" 2>/dev/null || shasum -a 256 "$requirements")
environment=$PWD/.tools/linters-${sum:0:12}

if [ ! -e "$environment/.complete" ]; then
  if ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    printf 'The linters of workflows and scripts need Python 3.11 or later.\n' >&2
    exit 3
  fi
  printf 'Installing the linters of workflows and scripts into .tools (once) ...\n' >&2
  rm -rf "$environment"
  python3 -m venv "$environment"
  if ! "$environment/bin/pip" install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r "$requirements" >&2; then
    rm -rf "$environment"
    printf 'They could not be installed: see the message above. Nothing was left behind; run this again.\n' >&2
    exit 1
  fi
  touch "$environment/.complete"
fi
printf '%s/bin\n' "$environment"
