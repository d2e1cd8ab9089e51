#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The main job, shown: part of a session live with a simulated person, then a
# whole one rendered, kept, and explained. All it writes is in $BUILD/demo.
set -eu
: "${BUILD:=build}" "${DEMO_SECONDS:=90}"
lull=$BUILD/lull
demo=$PWD/$BUILD/demo
rm -rf "$demo"
mkdir -p "$demo"
export XDG_STATE_HOME="$demo/state" XDG_CACHE_HOME="$PWD/$BUILD/demo-cache" \
	XDG_CONFIG_HOME="$demo/config" XDG_DATA_HOME="$demo/data"

echo "== the voice speaks its phrases, once: a minute or two"
"$lull" render tension_relief --seconds 1 -o "$demo/first.flac" >/dev/null
rm "$demo/first.flac"

echo
echo "== live: $DEMO_SECONDS s of tension_relief from its second step," \
	"with a simulated person"
dbus-run-session -- sh -c '
	"$1" start tension_relief --from 2 --seconds "$2" \
		--sensor person:9 --answers tests/answers.yaml </dev/null
	status=$?
	pkill -x -P $$ lulld 2>/dev/null || true
	exit $status
' demo "$lull" "$DEMO_SECONDS"

if "$lull" doctor 2>/dev/null | grep -q '^sound *wrong'; then
	"$lull" replay 1 -o "$demo/live.flac"
	echo "No sound device here: what would have been heard is in" \
		"$BUILD/demo/live.flac"
else
	echo "The sound went to this machine's sound device."
fi

echo
echo "== a whole session, on a simulated clock"
"$lull" render tension_relief --person 9 --sessions 3 --save \
	-o "$demo/session.flac" --events "$demo/session.jsonl"
echo "Its sound is in $BUILD/demo/session.flac, its events in" \
	"$BUILD/demo/session.jsonl"
echo
"$lull" show
echo
echo "== why"
"$lull" why
