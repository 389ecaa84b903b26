#!/bin/sh
# A loop for each of the branches b0, b1, ..., side by side: release_all.sh APP COUNT SECONDS
set -eu

number=0
loops=
while [ "$number" -lt "$2" ]; do
    "$(dirname "$0")/release.sh" "$1" "b$number" "$3" &
    loops="$loops $!"
    number=$((number + 1))
done
for loop in $loops; do
    wait "$loop"
done
