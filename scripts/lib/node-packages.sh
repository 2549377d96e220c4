# shellcheck shell=bash
# Sourced by the scripts: goes to the repository's root, installs the packages of the lock file where they are not there
# yet, puts their Node (the version this repository is written for) first in PATH, and lets it keep compiled modules.

# shellcheck source=scripts/lib/enter-checkout.sh
. "$(dirname "${BASH_SOURCE[0]}")/enter-checkout.sh"

install_node_packages() {
  if ! command -v npm >/dev/null; then
    say "npm is missing. Install Node 20 or later (https://nodejs.org), then run this again."
    exit 1
  fi
  local wanted stamp=node_modules/.installed-lock
  wanted=$(node -e 'process.stdout.write(require("crypto").createHash("sha256").update(require("fs").readFileSync("package-lock.json")).digest("hex"))')
  if [ "$(cat "$stamp" 2>/dev/null || true)" != "$wanted" ] || [ ! -x node_modules/.bin/node ]; then
    say "Installing the packages (once; about a minute) ..."
    # Node itself is one of them: a development dependency whose install script fetches it, whatever NODE_ENV and npm's settings say.
    if ! run_step npm ci --include=dev --ignore-scripts=false --no-fund --no-audit --loglevel=error >&2; then
      say "npm ci failed: see the message above. The usual causes are no network and a full disk; run this again afterwards."
      exit 1
    fi
    if ! node_modules/.bin/node -e 'process.exit(process.features.typescript ? 0 : 1)'; then
      say "The packages are installed, but the Node among them, node_modules/.bin/node, does not run TypeScript here. Its package has builds for Linux with"
      say "glibc, macOS and Windows; an npm that still leaves out install scripts (npm config list) is the other usual cause. Then run this again."
      exit 1
    fi
    printf '%s' "$wanted" >"$stamp"
  fi
}

use_node_packages() {
  PATH="$PWD/node_modules/.bin:$PATH"
  # What Node made of each module's text, types stripped, for every later process and thread.
  NODE_COMPILE_CACHE="${NODE_COMPILE_CACHE:-$PWD/.cache/node}"
  export PATH NODE_COMPILE_CACHE
}

# --help installs nothing: where the packages are not there, the script's first lines answer, elsewhere its program does.
if ! asks_help "$@"; then
  install_node_packages
elif [ ! -x node_modules/.bin/node ]; then
  answer_help --help
fi
use_node_packages
