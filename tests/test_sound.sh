#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# `lull sound test`, captured: left is heard on the left alone, right on the
# right, voice and breath on both; and where there is no device it says so. The
# voice is a session's: the calm one, or the person's own recording.
set -eu
: "${BUILD:=build}"
. tests/helpers/jack.sh

# sides FROM TO: "LEFT RIGHT", dB
sides() {
	"$BUILD/tests/tools/sides" "$folder/one.wav" "$1" "$2"
}

# heard FROM TO LEFT RIGHT: which of them sounds
heard() {
	sides "$1" "$2" | awk -v l="$3" -v r="$4" '{
		print
		exit !(($1 > -60) == l && ($2 > -60) == r &&
			(l || $1 == -300) && (r || $2 == -300))
	}'
}

trap jack_finish EXIT
jack_surroundings
if "$BUILD/lull" sound test 2>"$folder/none"; then
	echo "it plays to a device that is not there"
	exit 1
fi
grep -q '^lull: sound: There is no such sound device: ' "$folder/none"
[ "$(wc -l <"$folder/none")" -eq 1 ]

jack_server 48000 2
jack_record one
"$BUILD/lull" sound test | tee "$folder/said"
jack_stop_recording
for word in device left right voice inhale exhale latency load gaps; do
	grep -q "^$word " "$folder/said"
done
grep -q '^voice *now, the calm voice$' "$folder/said"
heard 0 1 1 0
heard 3 4 0 1
heard 6.3 7.3 1 1
heard 11 12 1 1
heard 15 16 1 1

mkdir -p "$folder/data/lull/voice"
"$BUILD/lull" render tension_relief --seconds 5 \
	-o "$folder/data/lull/voice/cue.start.brief.wav" >/dev/null
"$BUILD/lull" sound test --json | tee "$folder/said"
grep -q '"voice": *"your own recording"' "$folder/said"
