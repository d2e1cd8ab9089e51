#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The sound of live sessions: how soon it is heard, and whether it stops, for
# SECONDS_XRUN (120; an hour in `make bench-long`, one session behind the other)
# with all processors busy.
# Through JACK's dummy device; LIVE=1 asks for a real-time server, where that
# is permitted, with periods of 64 frames under the load.
set -eu
: "${BUILD:=build}" "${SECONDS_XRUN:=120}" "${STARTS:=7}" "${LIVE:=}"
if [ -z "${LULL_BENCH_BUS:-}" ]; then
	LULL_BENCH_BUS=1 exec dbus-run-session -- sh "$0"
fi
. tests/helpers/jack.sh
status=0
row() { # NAME VALUE UNIT LIMIT
	verdict=$(awk -v v="$2" -v l="$4" \
		'BEGIN { print v <= l ? "ok" : "MISS" }')
	printf '%-34s %10s %-4s %8s %s\n' "$1" "$2" "$3" "$4" "$verdict"
	[ "$verdict" = ok ] || status=1
}
now_ms() { echo $(($(date +%s%N) / 1000000)); }

lulld_pid=
busy=
finish() {
	for pid in $busy $lulld_pid; do
		kill "$pid" 2>/dev/null || true
	done
	jack_finish
}
trap finish EXIT
jack_surroundings
unset LULL_DEBUG LULL_CONTENT # all that a session says
"$BUILD/lull" render tension_relief --seconds 1 -o "$folder/warm.wav" \
	>/dev/null

# When it says that it plays is noted as it says so: to look for that again and
# again would take a processor of those that the session begins on.
mkfifo "$folder/said"
"$BUILD/lulld" 2>"$folder/said" &
lulld_pid=$!
: >"$folder/heard"
while IFS= read -r line; do
	case $line in
	'<6>sound: '*) now_ms >>"$folder/heard" ;;
	esac
	printf '%s\n' "$line" >>"$log"
done <"$folder/said" &
await "a daemon" sh -c "\"$BUILD/lull\" status >/dev/null 2>&1"

session() { # SECONDS
	"$BUILD/lull" start tension_relief --from 2 --seconds "$1" \
		--sensor person:3 --answers tests/answers.yaml </dev/null \
		>"$folder/start.log" 2>&1
}
plays() { [ "$(wc -l <"$folder/heard")" -ge "$1" ]; } # for the Nth time

# From the command to the first frame that is handed over, and on to the first
# that is not silent, which the session's own render tells; of it the first 50 ms
# are left out live. Six periods of it are JACK's, which lets a client in no
# sooner: 128 ms of the 1024 frames that a capture is exact with, 32 ms of the 256
# that a desktop has.
n=0
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
# middle SED: the median of what it prints of the last sessions' log
middle() { sed -n "$1" "$log" | tail -n "$STARTS" | median; }
silent_ms() { # of session NUMBER
	"$BUILD/lull" replay "$1" -o "$folder/replayed.wav" >/dev/null
	"$BUILD/tests/tools/same_sound" "$folder/replayed.wav" \
		"$folder/replayed.wav" >"$folder/same" || true # it is short
	echo $((($(sed 's/.* from frame \([0-9]*\) .*/\1/' "$folder/same") - \
		2400) / 48))
}
first_sound() { # FRAMES of a period
	jack_server 48000 2 "$1"
	: >"$folder/starts"
	until [ "$(wc -l <"$folder/starts")" -ge "$STARTS" ]; do
		began=$(now_ms)
		session 60 &
		client=$!
		n=$((n + 1))
		await "sound" plays "$n"
		passed=$(($(sed -n "${n}p" "$folder/heard") - began))
		"$BUILD/lull" stop >/dev/null
		wait "$client" || true
		await "an end" \
			sh -c "[ \$(grep -c '^<6>session [0-9]' '$log') -ge $n ]"
		silent=$(silent_ms "$n")
		echo $((passed + silent)) >>"$folder/starts"
	done
	jack_server_ends
	row "first_sound_at_$1_frames" "$(median <"$folder/starts")" ms 150
	echo "# of it: $silent ms of silence; the device was open in" \
		"$(middle "s/.*device: open in \([0-9]*\) ms.*/\1/p") ms," \
		"beside the rest, and begun in" \
		"$(middle "s/.*device: .*begun in \([0-9]*\) ms/\1/p") ms"
}
first_sound 256
first_sound 1024

if [ -n "$LIVE" ]; then
	REALTIME=1 jack_server 48000 2 64
else
	jack_server 48000 2
fi
processors=$(nproc)
while [ "$processors" -gt 0 ]; do
	nice sh -c 'while :; do :; done' &
	busy="$busy $!"
	processors=$((processors - 1))
done
# a session ends by itself, long before an hour is over
before=$(wc -l <"$log")
until_ms=$(($(now_ms) + 1000 * SECONDS_XRUN))
while [ "$(now_ms)" -lt "$until_ms" ]; do
	session $(((until_ms - $(now_ms)) / 1000 + 1))
	n=$((n + 1))
	await "what was heard" \
		sh -c "[ \$(grep -c '^<6>callback: [1-9]' '$log') -ge $n ]"
done
tail -n +$((before + 1)) "$log" >"$folder/load.log"
sed -n 's/.* lost, \([0-9]*\) gaps$/\1/p' "$folder/load.log" >"$folder/gaps"
row gaps_in_"$SECONDS_XRUN"_s_of_load \
	"$(awk '{ n += $1 } END { print n + 0 }' "$folder/gaps")" n 0
echo "# in $(grep -c 'callback: [1-9]' "$folder/load.log") sessions, the longest" \
	"callback $(sed -n 's/.*callback: .*longest \([0-9]*\) us/\1/p' \
		"$folder/load.log" | sort -n | tail -n 1) us"
echo "# the server itself was late $(grep -c XRun "$folder/jackd.log" ||
	true) times"
exit $status
