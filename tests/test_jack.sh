#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A live session through a real PortAudio stream (JACK's dummy device) is
# captured, and equals the render of that session's own recorded inputs,
# sample for sample. SECONDS_LIVE of it (30 unless set). One that is stopped
# while its clips are made is said to have been so.
set -eu
: "${BUILD:=build}" "${SECONDS_LIVE:=30}"
. tests/helpers/jack.sh

# clips first, so that the capture holds the session and little else
jack_begin
jack_server 48000 2
jack_record live
# a daemon that runs opens the device while its client still reads
export BUILD SECONDS_LIVE log
dbus-run-session -- sh -ec '
	"$BUILD/lulld" 2>>"$log" &
	until "$BUILD/lull" status >/dev/null 2>&1; do
		kill -0 $!
	done
	exec "$BUILD/lull" start tension_relief --from 2 \
		--seconds "$SECONDS_LIVE" --sensor person:3 \
		--answers tests/answers.yaml' \
	</dev/null >"$folder/start.log" 2>&1 || {
	cat "$folder/start.log"
	exit 1
}
jack_stop_recording
grep -q 'device: opened ahead' "$log"
# a script answers before the device plays, which must not be lost
[ "$("$BUILD/lull" export 1 --format json | grep -c '"kind":"answer"')" -ge 8 ]
"$BUILD/lull" replay 1 -o "$folder/render.wav"
"$BUILD/tests/tools/same_sound" "$folder/live.wav" "$folder/render.wav"

# no clip lies ready yet, so the word comes before the session does
echo stop | XDG_CACHE_HOME="$folder/cache" dbus-run-session -- "$BUILD/lull" \
	start tension_relief --sensor person:3 --answers tests/answers.yaml \
	>"$folder/start.log" 2>&1
grep -q '^stopped before it began: there is nothing to store$' \
	"$folder/start.log" || {
	cat "$folder/start.log"
	exit 1
}

# a session whose device does not open can be stopped all the same
kill -STOP "$jackd_pid"
stopped=
dbus-run-session -- sh -ec '
	"$BUILD/lull" start tension_relief --sensor person:3 &
	until "$BUILD/lull" status 2>/dev/null | grep -q asking; do
		kill -0 $!
	done
	"$BUILD/lull" stop
	wait $!' </dev/null >"$folder/start.log" 2>&1 && stopped=yes
kill -CONT "$jackd_pid"
[ "$stopped" ] || {
	cat "$folder/start.log"
	exit 1
}
"$BUILD/lull" export 2 --format json | grep '"word":"stop"'
