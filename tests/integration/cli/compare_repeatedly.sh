#!/bin/sh
# What `benchhost compare` promises of single verdicts, seen many times: a plugin against itself must
# never be a regression, one that spends 20 % more processor time a request always. By hand, because
# it takes minutes:  compare_repeatedly.sh BUILD_FOLDER [TIMES] [same|dearer]
set -eu
build=$1 times=${2:-10} which=${3:-same dearer}
plugins=$build/tests/plugins
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat > "$work/suite.ini" <<'INI'
[profile.text]
connections = 16
duration = 200ms
warmup = 50ms
[gate]
cpu = 5%
blocks = 10
INI
wrong=0
for head in $which; do
  case $head in
  same) plugin=good.so allowed="0 3" ;;
  dearer) plugin=extra_cpu.so allowed="1" ;;
  esac
  for run in $(seq "$times"); do
    code=0 begin=$(date +%s)
    "$build/bin/benchhost" compare --base-plugin "$plugins/good.so" \
      --head-plugin "$plugins/$plugin" --config "$work/suite.ini" --seed "$run" \
      --out "$work/$head-$run" --no-progress > "$work/out" 2> "$work/err" || code=$?
    verdict=ok
    case " $allowed " in
    *" $code "*) ;;
    *) verdict=WRONG wrong=$((wrong + 1)) ;;
    esac
    # The row of CPU per request: base, head, change with its interval.
    row=$(sed -n 's/^| .*CPU (µs\/request) *|//p' "$work/out" | head -n 1)
    echo "$head $run/$times: exit $code $verdict, $(($(date +%s) - begin)) s |$row"
  done
done
[ "$wrong" = 0 ]
