#!/bin/sh
# run.sh WRITE_PAGES FOLDER [TEST]: skipped (exit 77) with the reason when something is missing.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
skip() { echo "skipped: $1"; exit 77; }
chromium=$(command -v chromium || command -v chromium-browser || true)
[ -n "$chromium" ] || skip "chromium is not installed (Debian: chromium)"
command -v npm > /dev/null || skip "npm is not installed"
mkdir -p "$2"
cp "$here/package.json" "$here/package-lock.json" "$here/report.test.mjs" "$2/"
cd "$2"
[ -d node_modules/playwright-core ] || npm ci --no-audit --no-fund --silent > npm.log 2>&1 ||
  skip "npm could not fetch playwright-core"
"$1" "$2/pages"
BENCHHOST_CHROMIUM=$chromium BENCHHOST_PAGES=$2/pages exec node --test --test-name-pattern "${3:-.}" report.test.mjs
