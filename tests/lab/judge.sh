#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# judge.sh FOLDER: what a scenario left, held to its pass lines. The figures in
# one line, or what is wrong on stderr and status 1.
set -eu
: "${BUILD:=build}"
folder=$1
state=$(mktemp -d)
trap 'rm -rf "$state"' EXIT
export XDG_STATE_HOME="$state/state" XDG_CONFIG_HOME="$state/config" \
	XDG_CACHE_HOME="$PWD/$BUILD/lab/cache"

# a scenario need not have a session
[ -e "$folder/lull.db" ] || {
	echo "no session"
	exit 0
}
mkdir -p "$XDG_STATE_HOME/lull"
cp "$folder"/lull.db* "$XDG_STATE_HOME/lull"
figures=$("$BUILD/tests/lab/referee" "$folder")

# SESSION: another machine, this one, comes to the same outputs
replays() {
	"$BUILD/lull" replay "$@" >"$state/replay" 2>&1 &&
		grep -q identical "$state/replay" || {
		echo "session $1 does not replay: $(cat "$state/replay")" >&2
		exit 1
	}
}

# SESSION: what was heard is its render, sample for sample; of one that was
# cut off, the last second may not have been kept
heard() {
	[ -e "$folder/sound.$1.wav" ] || return 0
	"$BUILD/lull" show "$1" | grep -q interrupted && return 0
	replays "$1" -o "$state/render.wav"
	"$BUILD/tests/tools/same_sound" "$folder/sound.$1.wav" \
		"$state/render.wav" >"$state/same" 2>&1 || {
		echo "session $1 does not sound as it renders:" \
			"$(cat "$state/same")" >&2
		exit 1
	}
	frames=$((frames + $(sed 's/ .*//' "$state/same")))
}

# SESSION: each part that was heard is a part of its render, in turn, and where
# sound comes in it is faded in
parts_heard() {
	rendered=
	end=0
	for part in "$folder"/part.*.wav; do
		[ -e "$part" ] || continue
		[ -n "$rendered" ] || replays "$1" -o "$state/render.wav"
		rendered=yes
		"$BUILD/tests/tools/sound_within" "$state/render.wav" "$part" \
			0.5 faded >"$state/at" 2>&1 &&
			awk -v end="$end" '{ exit !($1 >= end) }' \
				"$state/at" || {
			echo "${part##*/} is not a part of the session's" \
				"sound: $(cat "$state/at")" >&2
			exit 1
		}
		end=$(sed 's/.* //' "$state/at")
		more="$more, ${part##*/} $(cat "$state/at")"
	done
}

# SESSION: the steady heart's beats lie 800 ms apart in what was stored
clock_held() {
	[ -e "$folder/steady" ] || return 0
	"$BUILD/lull" export "$1" --format json |
		sed -n '/"kind":"beat"/s/.*"at":\([0-9.]*\).*/\1/p' | awk '
		n++ {
			off = $1 - last - 0.8
			if (off < 0)
				off = -off
			if (off > worst)
				worst = off
		}
		{ last = $1 }
		END {
			printf "%d beats, clock off by at most %.0f ms", n,
				1000 * worst
			exit !(n > 5 && worst < 0.1)
		}' >"$state/clock" || {
		echo "the clock of session $1 jumps: $(cat "$state/clock")" >&2
		exit 1
	}
	more="$more, $(cat "$state/clock")"
}

more=
frames=0
sessions=$("$BUILD/lull" sessions --json | grep -o '"id": *[0-9]*' |
	grep -o '[0-9]*' || true)
for session in $sessions; do
	replays "$session"
	heard "$session"
	parts_heard "$session"
	clock_held "$session"
done
figures=$figures$more
[ $frames = 0 ] || figures="$figures; $((frames / 48000)) s of sound the same"

# T TICKS RSS_KB FDS MATCHES, at the beginning and end of sessions
[ ! -e "$folder/lulld.figures" ] || figures="$figures; $(awk '
	NR == 1 { t = $1; ticks = $2 }
	$3 > rss { rss = $3 }
	$4 > fds { fds = $4 }
	$2 < ticks { t = $1; ticks = $2; before += used }
	{ used = $2 - ticks; long = $1 - t }
	END { printf "lulld %.1f %% CPU, %.1f MiB, %d fds, %d matches",
		(long > 0 ? used / long : 0), rss / 1024, fds, $5 }
' "$folder/lulld.figures")"
echo "$figures"
