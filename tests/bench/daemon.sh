#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# lulld itself: idle it never wakes, in a session it is small, and it does not
# busy itself with a strap. With JACK's dummy device where jackd is installed,
# else silent (and it says so).
set -eu
: "${BUILD:=build}" "${SECONDS_LIVE:=30}"
if [ -z "${LULL_BENCH_BUS:-}" ]; then
	LULL_BENCH_BUS=1 exec dbus-run-session -- sh "$0"
fi
folder=$(mktemp -d)
jackd_pid=
lulld_pid=
strap_pid=
finish() {
	kill $lulld_pid $jackd_pid $strap_pid 2>/dev/null || true
	wait 2>/dev/null || true
	rm -rf "$folder"
}
trap finish EXIT
export XDG_STATE_HOME="$folder/state" XDG_CONFIG_HOME="$folder/config" \
	XDG_DATA_HOME="$folder/data" XDG_CACHE_HOME="$PWD/$BUILD/test-cache"
mkdir -p "$folder/config/lull"
if command -v jackd >/dev/null; then
	export JACK_DEFAULT_SERVER=lull-bench-$$ JACK_NO_AUDIO_RESERVATION=1 \
		JACK_NO_START_SERVER=1
	jackd -n "$JACK_DEFAULT_SERVER" --no-realtime -S -d dummy -r 48000 \
		-p 1024 -P 2 -C 0 >/dev/null 2>&1 &
	jackd_pid=$!
	jack_wait -s "$JACK_DEFAULT_SERVER" -w -t 10 >/dev/null 2>&1 || true
	echo 'audio: {api: jack, device: system}' \
		>"$folder/config/lull/config.yaml"
else
	echo "no jackd here: measured without sound"
fi
status=0
row() { # NAME VALUE UNIT LIMIT
	verdict=$(awk -v v="$2" -v l="$4" \
		'BEGIN { print v <= l ? "ok" : "MISS" }')
	printf '%-34s %10s %-4s %8s %s\n' "$1" "$2" "$3" "$4" "$verdict"
	[ "$verdict" = ok ] || status=1
}
# the daemon, and in a session the process that plays
family() {
	echo $lulld_pid
	cat /proc/$lulld_pid/task/*/children | tr ' ' '\n' | grep . || true
}
switches() {
	cat /proc/$lulld_pid/task/*/status |
		awk '/ctxt_switches/ { n += $2 } END { print n }'
}
ticks() {
	for pid in $(family); do
		cat "/proc/$pid/stat"
	done | awk '{ n += $14 + $15 } END { print n }'
}

mkfifo "$folder/strap"
"$BUILD/tests/tools/fake_strap" <"$folder/strap" >"$folder/bus" 2>/dev/null &
strap_pid=$!
exec 3>"$folder/strap"
until [ -s "$folder/bus" ] || ! kill -0 $strap_pid; do sleep 0.05; done
DBUS_SYSTEM_BUS_ADDRESS=$(cat "$folder/bus")
export DBUS_SYSTEM_BUS_ADDRESS

"$BUILD/lulld" 2>"$folder/log" &
lulld_pid=$!
gdbus_wait=0
until "$BUILD/lull" status >/dev/null 2>&1 || [ $gdbus_wait -gt 100 ]; do
	gdbus_wait=$((gdbus_wait + 1))
	sleep 0.05
done
sleep 1
before=$(switches)
sleep 10
row wake_ups_in_10_s_idle "$(($(switches) - before))" n 0

"$BUILD/lull" start tension_relief --from 2 --seconds $((SECONDS_LIVE + 10)) \
	--sensor person:3 --answers tests/answers.yaml </dev/null \
	>/dev/null 2>&1 &
client=$!
sleep 8
before=$(ticks)
sleep "$SECONDS_LIVE"
used=$(($(ticks) - before))
row share_of_a_core_in_session "$(awk -v used="$used" -v s="$SECONDS_LIVE" \
	-v hz="$(getconf CLK_TCK)" \
	'BEGIN { printf "%.2f", used / hz / s * 100 }')" % 2
# What both share counts once. JACK's own shared memory, mapped by each of its
# clients, is not ours.
row memory_in_session "$(for pid in $(family); do
	cat "/proc/$pid/smaps"
done | awk '/^[0-9a-f]+-/ { jack = $6 ~ /jack/ }
	/^Pss:/ && !jack { n += $2 }
	END { printf "%.1f", n / 1024 }')" MiB 60
"$BUILD/lull" stop >/dev/null
kill $client 2>/dev/null || true
wait $client 2>/dev/null || true

# a beat a second, and no sound that would take its own share
"$BUILD/lull" start tension_relief --no-audio --from 2 \
	--seconds $((SECONDS_LIVE + 20)) --sensor ble: \
	--answers tests/answers.yaml </dev/null >/dev/null 2>&1 &
client=$!
sleep 8
before=$(ticks)
sleep "$SECONDS_LIVE"
used=$(($(ticks) - before))
"$BUILD/lull" status | grep -q connected || {
	echo "the strap is not connected"
	status=1
}
row share_of_a_core_with_a_strap "$(awk -v used="$used" -v s="$SECONDS_LIVE" \
	-v hz="$(getconf CLK_TCK)" \
	'BEGIN { printf "%.2f", used / hz / s * 100 }')" % 1
kill $client 2>/dev/null || true
wait $client 2>/dev/null || true
exit $status
