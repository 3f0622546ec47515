#!/bin/sh
# docs/examples/compare-in-ci.sh from end to end: a repository of its own, two builds, real loads.
# compare_in_ci_test.sh SOURCE_DIR BENCHHOST
set -eu
source=$1 BENCHHOST=$2
export BENCHHOST
command -v git > /dev/null || { echo "skipped: git is not installed"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "FAILED: $1"; cat "$work/out" "$work/err"; exit 1; }

fixtures=$source/tests/fixtures/plugins
mkdir "$work/repository"
cd "$work/repository"
cp "$fixtures"/tiny_*.[ch] .
cp "$fixtures/good.c" plugin.c
cat > suite.ini <<'INI'
[suite]
calm = 0
[profile.text]
connections = 4
duration = 400ms
warmup = 50ms
timeout = 20s
[gate]
cpu = 10%
INI
git init --quiet --initial-branch=main
commit() { git add -A && git -c user.name=t -c user.email=t@localhost commit --quiet -m "$1"; }
commit "A plugin"
build="cc -O2 -shared -fPIC -I$source/plugins/sdk/include -I. -o plugin.so plugin.c tiny_*.c"
compare() { # OUT [FLAG...]
  "$source/docs/examples/compare-in-ci.sh" main plugin.so "$build" suite.ini "$work/$1" \
    --no-progress --blocks 1 > "$work/out" 2> "$work/err" && code=0 || code=$?
}

git checkout --quiet -b same
echo "/* nothing else */" >> plugin.c
commit "Say more"
compare same
[ "$code" = 3 ] || fail "one block of the same code exits with $code, not 3 (inconclusive)"
grep -q "^## benchhost: " "$work/out" || fail "no comparison was printed"
[ -f "$work/same/comparison.xml" ] || fail "no comparison.xml was kept"

git checkout --quiet -b broken
cp "$fixtures/crash_in_serve.c" plugin.c
cp "$fixtures/after_first_connection.h" "$fixtures/faults.h" .
commit "Break it"
compare broken
[ "$code" = 1 ] || fail "a head that crashes exits with $code, not 1 (regression)"
grep -q "SIGSEGV" "$work/out" || fail "the comparison does not say why"

echo "this is no C" > plugin.c
commit "Break the build"
compare unbuilt
[ "$code" = 2 ] || fail "a head that does not compile exits with $code, not 2"
grep -q "gave no plugin.so" "$work/err" || fail "it does not say that the build failed"

[ "$(git worktree list | wc -l)" = 1 ] || fail "a worktree was left behind"
echo "passed"
