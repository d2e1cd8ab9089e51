#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Who may include whom: the arrows of the house, and the one place of each
# foreign library. `layers.sh ROOT` prints each include that crosses a wall.
set -eu
cd "${1:-.}"

find src drivers signal audio -name '*.[ch]' 2>/dev/null | sort |
	xargs awk '
BEGIN {
	see["signal"] = "signal"
	see["drivers"] = "drivers signal/beat.h"
	see["audio"] = "audio"
	see["base"] = "base"
	see["session"] = "session signal"
	see["content"] = "content session base"
	see["diary"] = "diary signal base"
	see["store"] = "store diary base"
	see["player"] = "player content store diary session base drivers signal audio"
	see["daemon"] = "daemon " see["player"]
	see["cli"] = "cli " see["player"]
	place["gsl/"] = "^signal/"
	place["portaudio.h"] = "^audio/(engine|backend)"
	place["pa_"] = "^audio/(engine|backend)"
	place["flite"] = "^audio/voice"
	place["HTS_engine.h"] = "^audio/voice_hts"
	place["sndfile.h"] = "^audio/"
	place["soxr.h"] = "^audio/"
	place["ebur128.h"] = "^audio/"
	place["sqlite3.h"] = "^src/store/"
	place["csv.h"] = "^src/diary/"
	place["yaml.h"] = "^src/(content/|base/config)"
	place["jansson.h"] = "^src/(player|content|cli)/"
	place["systemd/"] = "^(src/(daemon|cli)/|drivers/(ant|ble|pair))"
	place["libusb"] = "^drivers/ant"
	place["microhttpd.h"] = "^src/daemon/web"
}
function folder(path) {
	sub(/^src\//, "", path)
	sub(/\/.*/, "", path)
	return path
}
function wrong(why) {
	printf "%s:%d: includes %s: %s\n", FILENAME, FNR, $2, why
	bad = 1
}
/^[ \t]*#[ \t]*include[ \t]*[<"]/ {
	line = $0
	sub(/^[ \t]*#[ \t]*include[ \t]*/, "", line)
	quoted = line ~ /^"/
	gsub(/[<>"]/, "", line)
	sub(/[ \t].*/, "", line)
	$2 = line
	if (quoted) {
		n = split(see[folder(FILENAME)], may, " ")
		for (i = 1; i <= n; i++)
			if (line == may[i] || index(line, may[i] "/") == 1)
				next
		wrong(folder(FILENAME) " sees only: " see[folder(FILENAME)])
	} else {
		for (lib in place)
			if (index(line, lib) == 1 && FILENAME !~ place[lib] &&
			    !(line == "gsl/gsl_errno.h" &&
			      FILENAME ~ /^src\/(daemon|cli)\/main\.c$/))
				wrong("its place is " place[lib])
	}
}
END { exit bad }
' || {
	echo "layers: an include crosses a wall" >&2
	exit 1
}
