# shellcheck shell=bash
# Sourced by the scripts that hold a way into a cluster, or that look at what strangers propose: they need a Node that runs TypeScript and two
# packages, and install these without running anything that a package brings. Elsewhere it is the same as lib/node-packages.sh.

if command -v node >/dev/null && node -e 'process.exit(process.features.typescript ? 0 : 1)' 2>/dev/null; then
  # shellcheck source=scripts/lib/enter-checkout.sh
  . "$(dirname "${BASH_SOURCE[0]}")/../lib/enter-checkout.sh"
  if [ ! -d node_modules/zod ] || [ ! -d node_modules/yaml ]; then
    answer_help "$@"
    npm ci --ignore-scripts --omit=dev --no-fund --no-audit --loglevel=error >&2
  fi
else
  # shellcheck source=scripts/lib/node-packages.sh
  . "$(dirname "${BASH_SOURCE[0]}")/../lib/node-packages.sh"
fi
