#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A live session through a real PortAudio stream (JACK's dummy device) is
# captured, and equals the render of that session's own recorded inputs,
# sample for sample. SECONDS_LIVE of it (30 unless set).
set -eu
: "${BUILD:=build}" "${SECONDS_LIVE:=30}"
if ! command -v jackd >/dev/null || ! command -v jack_rec >/dev/null; then
	echo "skipped: no jackd here"
	exit 0
fi

folder=$(mktemp -d)
server=lull-test-$$
jackd_pid=
finish() {
	[ -z "$jackd_pid" ] || kill "$jackd_pid" 2>/dev/null || true
	wait 2>/dev/null || true
	rm -rf "$folder"
}
trap finish EXIT
export JACK_DEFAULT_SERVER=$server JACK_NO_AUDIO_RESERVATION=1 \
	JACK_NO_START_SERVER=1
echo 'pcm.!default { type null }' >"$folder/null.conf"
export ALSA_CONFIG_PATH="$folder/null.conf"
export XDG_STATE_HOME="$folder/state" XDG_CONFIG_HOME="$folder/config" \
	XDG_DATA_HOME="$folder/data" XDG_CACHE_HOME="$PWD/$BUILD/test-cache"
mkdir -p "$folder/config/lull"
echo 'audio: {api: jack, device: system}' >"$folder/config/lull/config.yaml"

jackd -n "$server" --no-realtime -S -d dummy -r 48000 -p 1024 -P 2 -C 0 -m \
	>"$folder/jackd.log" 2>&1 &
jackd_pid=$!
jack_wait -s "$server" -w -t 10 >/dev/null 2>&1 || true

# clips first, so that the capture holds the session and little else
"$BUILD/lull" render tension_relief --seconds 1 -o "$folder/warm.wav" \
	>/dev/null
jack_rec -f "$folder/live.wav" -d $((SECONDS_LIVE + 20)) -b 32 -B 480000 \
	system:monitor_1 system:monitor_2 >"$folder/rec.log" 2>&1 &
rec=$!
dbus-run-session -- "$BUILD/lull" start tension_relief --from 2 \
	--seconds "$SECONDS_LIVE" --sensor person:3 \
	--answers tests/answers.yaml </dev/null >"$folder/start.log" 2>&1 || {
	cat "$folder/start.log"
	exit 1
}
wait "$rec"
"$BUILD/lull" replay 1 -o "$folder/render.wav"
"$BUILD/tests/tools/same_sound" "$folder/live.wav" "$folder/render.wav"
