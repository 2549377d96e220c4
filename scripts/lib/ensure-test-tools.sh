#!/usr/bin/env bash
# What the suites need beside the packages: Python 3.10 or later (PostgreSQL with pgvector comes out of a wheel, on the first use
# and into .tools), and a Chromium for the tests of the pages. A missing Chromium is installed where this may be done without
# asking (root on Debian or Ubuntu); elsewhere those tests are skipped, and say so.
set -euo pipefail

say() { printf '%s\n' "$*" >&2; }

if ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; then
  say "Python 3.10 or later is missing. The tests run against a real PostgreSQL, which comes out of a Python wheel. Install Python, or name an installation of PostgreSQL 15 or later with pgvector in TEST_POSTGRES_FOLDER."
  [ -n "${TEST_POSTGRES_FOLDER:-}" ] || exit 1
fi

find_chromium() { command -v chromium || command -v chromium-browser || command -v google-chrome; }

if ! find_chromium >/dev/null; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    say "Installing Chromium for the tests of the pages ..."
    (apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium) >/dev/null 2>&1 ||
      say "Chromium could not be installed: the tests of the pages are skipped."
  else
    say "No Chromium is installed: the tests of the pages are skipped."
  fi
fi
