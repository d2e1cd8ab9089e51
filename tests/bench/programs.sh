#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The programs as a person runs them: a whole render from a warm clip cache on
# one core, and the replay of a stored session. Medians of five.
set -eu
: "${BUILD:=build}"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export XDG_STATE_HOME="$folder/state" XDG_CACHE_HOME="$folder/cache" \
	XDG_CONFIG_HOME="$folder/config" XDG_DATA_HOME="$folder/data"
status=0

median_s() { # COMMAND...: seconds, the median of five runs
	for _ in 1 2 3 4 5; do
		a=$(date +%s%N)
		taskset -c 0 "$@" >/dev/null
		b=$(date +%s%N)
		echo $((b - a))
	done | sort -n | awk 'NR == 3 { printf "%.4f", $1 / 1e9 }'
}

row() { # NAME VALUE UNIT LIMIT lower|higher
	verdict=$(awk -v v="$2" -v l="$4" -v k="$5" 'BEGIN {
		print (k == "lower" ? v <= l : v >= l) ? "ok" : "MISS" }')
	printf '%-34s %10s %-4s %8s %s\n' "$1" "$2" "$3" "$4" "$verdict"
	[ "$verdict" = ok ] || status=1
}

"$BUILD/lull" render tension_relief --person 1 --sessions 3 --save \
	-o "$folder/warm.wav" --events "$folder/a.jsonl" >/dev/null
length=$(tail -n 1 "$folder/a.jsonl" | sed 's/.*"t": *\([0-9.]*\).*/\1/')
render=$(median_s "$BUILD/lull" render tension_relief --person 1 \
	--sessions 3 -o "$folder/x.wav")
row render_900_s_with_voice \
	"$(awk "BEGIN { printf \"%.0f\", $length / $render }")" x 200 higher
row replay_stored_session "$(median_s "$BUILD/lull" replay 1)" s 0.2 lower
exit $status
