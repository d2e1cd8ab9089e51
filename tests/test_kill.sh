#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# lulld killed with SIGKILL in mid session, ROUNDS times (3 unless set) at
# random moments: the database opens, at most one second is missing, and the
# session is shown as interrupted. What the daemon wrote to its debug log, one
# write() an event, is the witness of how far the session had come.
set -eu
: "${BUILD:=build}" "${ROUNDS:=3}" "${SEED:=$$}"
if [ -z "${LULL_KILL_BUS:-}" ]; then
	LULL_KILL_BUS=1 exec dbus-run-session -- sh "$0"
fi
echo "seed $SEED, $ROUNDS rounds"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export XDG_STATE_HOME="$folder/state" XDG_CONFIG_HOME="$folder/config" \
	XDG_DATA_HOME="$folder/data" XDG_CACHE_HOME="$folder/cache" LULL_DEBUG=1

# LOG KEPT: from the first event that is not kept to the last that happened
missing_s() {
	grep -o '"t":[0-9.]*,"kind"' "$1" | grep -o '[0-9.]*' |
		awk -v kept="$2" '$1 > kept + 1e-7 {
			if (!n++) first = $1
			last = $1
		}
		END { printf "%.3f", last - first }'
}

worst=0
round=1
while [ "$round" -le "$ROUNDS" ]; do
	"$BUILD/lulld" 2>"$folder/log" &
	daemon=$!
	# else the client would start a daemon of its own
	waited=0
	until "$BUILD/lull" status >/dev/null 2>&1 || [ $waited -gt 200 ]; do
		waited=$((waited + 1))
		sleep 0.05
	done
	"$BUILD/lull" start tension_relief --from 2 --no-audio \
		--sensor person:$round --answers tests/answers.yaml \
		</dev/null >"$folder/client" 2>&1 &
	client=$!
	# until the session is under way, then a random while
	waited=0
	until grep -q '"kind":"step"' "$folder/log"; do
		waited=$((waited + 1))
		if [ $waited -gt 600 ] || ! kill -0 $daemon; then
			cat "$folder/log" "$folder/client"
			echo "round $round: the session did not begin in 30 s"
			exit 1
		fi
		sleep 0.05
	done
	pause=$(awk "BEGIN { srand($SEED + $round); printf \"%.3f\",
		0.2 + 7 * rand() }")
	sleep "$pause"
	kill -KILL $daemon
	wait $daemon 2>/dev/null || true
	wait $client 2>/dev/null || true

	"$BUILD/lull" sessions --last 1 >"$folder/sessions"
	grep -q interrupted "$folder/sessions"
	"$BUILD/lull" show "$round" >/dev/null
	"$BUILD/lull" replay "$round" | grep -q identical
	kept=$("$BUILD/lull" sessions --last 1 --json |
		grep -o '"seconds": *[0-9.]*' | grep -o '[0-9.]*')
	missing=$(missing_s "$folder/log" "$kept")
	awk "BEGIN { exit !($missing <= 1.0) }" || {
		echo "round $round: $missing s are missing"
		exit 1
	}
	worst=$(awk "BEGIN { print ($missing > $worst) ? $missing : $worst }")
	round=$((round + 1))
done
echo "$ROUNDS rounds: at most $worst s were missing"
