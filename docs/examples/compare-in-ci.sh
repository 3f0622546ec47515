#!/bin/sh
# Builds a plugin as it is now and as it was at BASE, measures both in turn on this machine, and
# exits as `benchhost compare` does: 0 no regression, 1 regression, 2 wrong usage or a build that
# failed, 3 inconclusive. Works in any CI and at any desk.
#
#   compare-in-ci.sh BASE PLUGIN BUILD CONFIG OUT [FLAG...]
#
#   BASE    a revision to compare with, such as origin/main
#   PLUGIN  where BUILD puts the .so, relative to the top of the repository
#   BUILD   the shell command that builds it, run at the top of each checkout
#   CONFIG  the suite, as it is now: its loads and its [gate]
#   OUT     a folder for every trial and the comparison; must not hold one yet
#   FLAG    of `benchhost compare`, such as --blocks 20
#
# BENCHHOST names the executable where it is not in the PATH.
set -eu

usage() {
  sed -n '2,/^set -eu/s/^# \{0,1\}//p' "$0" >&2
  exit 2
}
[ $# -ge 5 ] || usage
base=$1 plugin=$2 build=$3 config=$4 out=$5
shift 5
benchhost=${BENCHHOST:-benchhost}
top=$(git rev-parse --show-toplevel)

scratch=$(mktemp -d)
clean_up() {
  git -C "$top" worktree remove --force "$scratch/base" 2>/dev/null || true
  rm -rf "$scratch"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

git -C "$top" worktree add --quiet --detach "$scratch/base" "$base" || exit 2
for checkout in "$scratch/base" "$top"; do
  if ! (cd "$checkout" && sh -c "$build" && [ -f "$plugin" ]) >&2; then
    echo "compare-in-ci.sh: the build in $checkout gave no $plugin" >&2
    exit 2
  fi
done

"$benchhost" compare --base-plugin "$scratch/base/$plugin" --head-plugin "$top/$plugin" \
  --config "$config" --out "$out" "$@"
