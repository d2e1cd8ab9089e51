# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh
# Sourced by tests that play through a JACK server of their own. What they
# make is in $folder, the daemon's log in $log.

if ! command -v jackd >/dev/null || ! command -v jack_rec >/dev/null; then
	echo "skipped: no jackd here"
	exit 0
fi

. tests/helpers/few_words.sh
folder=$(mktemp -d)
server=lull-test-$$
jackd_pid=
recorder=
log=$folder/state/lull/lulld.log

# SIGTERM, never SIGKILL: JACK counts a server that was killed for ever
jack_finish() {
	for pid in $recorder $jackd_pid; do
		kill "$pid" 2>/dev/null || true
	done
	wait 2>/dev/null || true
	rm -rf "$folder"
}

jack_surroundings() {
	export JACK_DEFAULT_SERVER="$server" JACK_NO_AUDIO_RESERVATION=1 \
		JACK_NO_START_SERVER=1 LULL_DEBUG=1
	echo 'pcm.!default { type null }' >"$folder/null.conf"
	export ALSA_CONFIG_PATH="$folder/null.conf"
	export XDG_STATE_HOME="$folder/state" \
		XDG_CONFIG_HOME="$folder/config" XDG_DATA_HOME="$folder/data" \
		XDG_CACHE_HOME="$PWD/$BUILD/test-cache"
	mkdir -p "$folder/config/lull" "$folder/state/lull"
	: >"$log"
	few_words "$folder/content"
	export LULL_CONTENT="$folder/content"
	echo 'audio: {api: jack, device: system}' \
		>"$folder/config/lull/config.yaml"
}

# await WHAT COMMAND...: until it succeeds, 30 s
await() {
	what=$1
	shift
	waited=0
	until "$@"; do
		waited=$((waited + 1))
		if [ "$waited" -gt 600 ]; then
			cat "$log"
			echo "waited 30 s in vain: $what"
			exit 1
		fi
		sleep 0.05
	done
}

# jack_server RATE CHANNELS [FRAMES of a period]: with REALTIME=1, where that is
# permitted, it and who plays to it come before all else on a busy machine
jack_server() {
	[ -n "${REALTIME:-}" ] && mode=-R || mode=--no-realtime
	jackd -n "$server" $mode -S -d dummy -r "$1" \
		-p "${3:-1024}" -P "$2" -C 0 -m >>"$folder/jackd.log" 2>&1 &
	jackd_pid=$!
	jack_wait -s "$server" -w -t 30 >/dev/null 2>&1 || true
}

jack_server_ends() {
	kill "$jackd_pid"
	wait "$jackd_pid" 2>/dev/null || true
	jackd_pid=
}

# Clips first, so that no session waits for them.
jack_begin() {
	trap jack_finish EXIT
	jack_surroundings
	"$BUILD/lull" render tension_relief --seconds 1 \
		-o "$folder/warm.wav" >/dev/null
}

jack_cues_late() {
	grep -q 'Sound: [1-9][0-9]* cues late' "$log"
}

recorder_ended() {
	[ -z "$recorder" ] ||
		! grep -q '^State:.[^Z]' "/proc/$recorder/status" 2>/dev/null
}

# one that a server just started did not let in is started again
records() {
	[ ! -e "$folder/$1.wav" ] || return 0
	recorder_ended || return 1
	name=$1
	shift
	jack_rec -f "$folder/$name.wav" -d 7200 -b 32 -B 480000 "$@" \
		>"$folder/rec.log" 2>&1 &
	recorder=$!
	return 1
}

# jack_record NAME [PORT...]: into $folder/NAME.wav, until it is stopped
jack_record() {
	[ $# -gt 1 ] || set -- "$1" system:monitor_1 system:monitor_2
	rm -f "$folder/$1.wav" # of a try before
	await "a recorder" records "$@"
}

jack_stop_recording() {
	[ -z "$recorder" ] || kill -INT "$recorder" 2>/dev/null || true
	wait "$recorder" 2>/dev/null || true
	recorder=
}

# jack_session SECONDS: with a heart that beats each 800 ms
jack_session() {
	yes 800 | head -n 200 >"$folder/heart.txt"
	dbus-run-session -- "$BUILD/lull" start tension_relief --from 2 \
		--seconds "$1" --sensor "file:$folder/heart.txt" \
		--answers tests/answers.yaml \
		</dev/null >"$folder/start.log" 2>&1
}

# The heart lives on CLOCK_MONOTONIC: were the session's clock to jump, two
# beats would not lie 800 ms apart.
jack_clock_held() {
	grep '"kind":"beat"' "$log" | sed 's/.*"at":\([0-9.]*\).*/\1/' |
		awk '
		n++ {
			off = $1 - last - 0.8
			if (off < 0)
				off = -off
			if (off > worst)
				worst = off
		}
		{ last = $1 }
		END {
			printf "%d beats, clock off by at most %.0f ms\n", n,
				1000 * worst
			exit !(n > 5 && worst < 0.1)
		}'
}

# The daemon that this test's session bus started.
jack_daemon() {
	for pid in /proc/[0-9]*; do
		if [ "$(readlink "$pid/exe")" = "$PWD/$BUILD/lulld" ] &&
			grep -qz "^XDG_STATE_HOME=$folder/state\$" \
				"$pid/environ"; then
			echo "${pid#/proc/}"
			return
		fi
	done
	return 1
}

# jack_heard NAME: as loud there as the render, within 3 dB
jack_heard() {
	"$BUILD/tests/tools/loudness" "$folder/$1.wav" "$folder/render.wav"
}

# within NAME [SKIP [faded]]: "BEGIN END" of that capture in the render
within() {
	name=$1
	shift
	"$BUILD/tests/tools/sound_within" "$folder/render.wav" \
		"$folder/$name.wav" "$@"
}

jack_back() {
	await "sound again" grep -q 'Sound is back' "$log"
}

# --- what goes wrong, and how that is judged ---------------------------------

# The first capture is the session from its begin on, the second from where
# sound came back.
judge_two() {
	within one >"$folder/one.at"
	within two 0.5 faded >"$folder/two.at"
	cat "$folder/one.at" "$folder/two.at" | tr '\n' ' ' | awk '{
		printf "heard to %.2f s, and again from %.2f s\n", $2, $3
		exit !($3 > $2 && $3 < $2 + 15 && $4 > $3 + 2)
	}'
}

# the server ends, and is started again
before_restart() {
	jack_server 48000 2
	jack_record one
}
fault_restart() {
	sleep 2
	jack_server_ends
	jack_stop_recording
	jack_server 48000 2
	jack_record two
	jack_back
}
judge_restart() { judge_two; }

# ... at another rate
before_rate() { before_restart; }
fault_rate() {
	sleep 2
	jack_server_ends
	jack_stop_recording
	jack_server 44100 2
	jack_record two
	jack_back
}
judge_rate() {
	within one
	jack_heard two
}

# it stands still for longer than the engine waits
before_frozen() { before_restart; }
fault_frozen() {
	sleep 2
	jack_stop_recording
	kill -STOP "$jackd_pid"
	await "the loss" grep -q 'device is gone' "$log"
	kill -CONT "$jackd_pid"
	jack_back
	jack_record two
}
# a recorder begins with a block that lay about
judge_frozen() {
	within one
	within two 0.5
}

# there is none when the session begins
before_none() { :; }
fault_none() {
	grep -q 'There is no such sound device' "$log"
	sleep 1
	jack_server 48000 2
	jack_record two
	jack_back
}
judge_none() {
	within two 0.5 faded
}

# one channel, and eight
before_mono() {
	jack_server 48000 1
	jack_record one system:monitor_1
}
fault_mono() { :; }
judge_mono() { jack_heard one; }

before_eight() {
	jack_server 48000 8
	jack_record one
}
fault_eight() { :; }
judge_eight() { within one; }

# a device at 44.1 kHz from the beginning
before_cd() {
	jack_server 44100 2
	jack_record one
}
fault_cd() { :; }
judge_cd() { jack_heard one; }

# the daemon itself does not get to run for two seconds
before_stopped() { before_restart; }
fault_stopped() {
	sleep 2
	daemon=$(jack_daemon)
	kill -STOP "$daemon"
	sleep 2
	kill -CONT "$daemon"
}
judge_stopped() { jack_heard one; }

# what plays is kept from it, again and again: gaps, and the person is told
before_starved() { jack_server 48000 2; }
fault_starved() {
	daemon=$(jack_daemon)
	player=$(cat /proc/"$daemon"/task/*/children)
	player=${player%% *}
	for _ in 1 2 3 4 5; do
		kill -STOP "$player"
		sleep 0.2
		kill -CONT "$player"
		sleep 0.3
	done
}
judge_starved() {
	grep -q 'The sound has gaps' "$log"
	grep 'Sound: .* lost, [1-9][0-9]* gaps' "$log"
}

# nothing: each breath is on its sample, in what was captured as in the render
before_steady() {
	echo 'sound: {bed: none}' >>"$folder/config/lull/config.yaml"
	before_restart
}
fault_steady() { :; }
judge_steady() {
	"$BUILD/lull" export 1 --format json >"$folder/events"
	"$BUILD/tests/tools/same_sound" "$folder/one.wav" \
		"$folder/render.wav" | tee "$folder/same"
	"$BUILD/tests/tools/onsets" "$folder/render.wav" "$folder/events"
	"$BUILD/tests/tools/onsets" "$folder/one.wav" "$folder/events" \
		"$(sed 's/.* at //' "$folder/same")"
}
