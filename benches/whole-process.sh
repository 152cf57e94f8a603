#!/usr/bin/env bash
# Measures whole runs of the release build, from start to exit, on generated configurations and on
# the shop example: `benches/whole-process.sh [applications…]` (default: 10 100 1000 10000).
#
# RUNS=… sets how often each is run (default 5), NXK=… measures another program than the one built
# here. docs/performance.md holds the budgets and what was measured.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

sizes=("$@")
[[ ${#sizes[@]} -gt 0 ]] || sizes=(10 100 1000 10000)
runs=${RUNS:-5}

if [[ -z ${NXK:-} ]]; then
    cargo build --release --locked
    NXK=${CARGO_TARGET_DIR:-target}/release/nxk
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
results=$scratch/results.tsv

measure() { python3 benches/measure.py --runs "$runs" --results "$results" "$@"; }

printf '%-28s %10s %10s %10s %10s\n' "nxk compile" "shortest" "median" "processor" "memory"
measure "examples/shop" "$NXK" compile examples/shop/main.nxk
for size in "${sizes[@]}"; do
    python3 benches/generate.py "$size" "$scratch/$size"
    measure "$size applications" "$NXK" compile "$scratch/$size/main.nxk"
done
# The same in many files, as large configurations are kept.
python3 benches/generate.py 1000 "$scratch/many" --files 50
measure "1000 in 50 files" "$NXK" compile "$scratch/many/main.nxk"

echo
for ((at = 1; at < ${#sizes[@]}; at++)); do
    python3 benches/measure.py --ratio "$results" "${sizes[at]} applications" "${sizes[at - 1]} applications"
done

printf "\nstages of %s applications:\n" "${sizes[-1]}"
"$NXK" compile "$scratch/${sizes[-1]}/main.nxk" --timings >/dev/null
