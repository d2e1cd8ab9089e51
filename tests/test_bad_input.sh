#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Whatever a person gives wrongly gets one plain line and a status that is not
# 0, or is survived; nothing already stored is lost. VERBOSE=1 shows the lines.
set -eu
: "${BUILD:=build}"
if [ -z "${LULL_BAD_BUS:-}" ]; then
	LULL_BAD_BUS=1 exec dbus-run-session -- sh "$0"
fi
lull=$BUILD/lull
folder=$(mktemp -d)
daemon=
finish() {
	[ -z "$daemon" ] || kill "$daemon" 2>/dev/null || true
	wait 2>/dev/null || true
	rm -rf "$folder"
}
trap finish EXIT
export XDG_STATE_HOME="$folder/state" XDG_CONFIG_HOME="$folder/config" \
	XDG_DATA_HOME="$folder/data" XDG_CACHE_HOME="$folder/cache"

# STATUS WANTED-IN-THE-LINE COMMAND...
refused() {
	want=$1 words=$2
	shift 2
	got=0
	timeout 20 "$@" >"$folder/out" 2>"$folder/err" </dev/null || got=$?
	[ -z "${VERBOSE:-}" ] || sed 's/^/    /' "$folder/err"
	if [ "$got" != "$want" ] || [ "$(wc -l <"$folder/err")" != 1 ] ||
		! grep -q "^lull" "$folder/err" ||
		! grep -q -- "$words" "$folder/err"; then
		echo "$*: status $got, not $want with one line that says" \
			"'$words':"
		cat "$folder/err"
		exit 1
	fi
}

# --- routines
good=src/content/routines/tension_relief.yaml
spoilt() { # SED-SCRIPT WORDS
	sed "$1" "$good" >"$folder/r.yaml"
	refused 1 "$2" "$lull" routine check "$folder/r.yaml"
}
"$lull" routine check "$good" >/dev/null
spoilt 's/do: trap_squeeze/do: trap_sneeze/' 'line [0-9]*: .*trap_sneeze'
spoilt '/s: \[60, 75, 120\]/d' 'line [0-9]*: s: '
spoilt 's/s: \[60, 75, 120\]/s: [120, 75, 60]/' 'line [0-9]*'
spoilt 's/^name: .*/name: \&a [*a]/' 'line [0-9]*'
truncate -s 100M "$folder/huge.yaml"
refused 1 'MiB' "$lull" routine check "$folder/huge.yaml"
refused 1 'no_such' "$lull" routine check "$folder/no_such.yaml"

# --- beats
beats() { # NAME CONTENT WORDS
	printf "$2" >"$folder/$1.rr"
	refused 1 "$3" "$lull" render tension_relief \
		--beats "$folder/$1.rr" --no-voice --events "$folder/e.jsonl"
	[ ! -e "$folder/e.jsonl" ]
}
beats text '800\n810\nhello\n' 'line 3'
beats zero '800\n0\n810\n' 'line 2'
beats negative '800\n-3\n' 'line 2'
beats huge '800\n1000000000000\n' 'line 2'
beats empty '# nothing\n' 'empty.rr'
printf '# lull capture 1\n0 ble 10483203\n1000000 ble 1048' >"$folder/cut.capture"
refused 1 'line 3' "$lull" render tension_relief \
	--beats "$folder/cut.capture" --no-voice --events "$folder/e.jsonl"

# --- words
refused 2 'lull help' "$lull" relaxx
refused 2 '' "$lull" render
# each with a bus, and so a daemon, of its own
LIVE="$folder/live"
cat >"$LIVE" <<'END'
#!/bin/sh
dbus-run-session -- "$LULL" start --no-audio "$@" 2>"$0.err"
status=$?
grep -v '^dbus-daemon' "$0.err" >&2
exit $status
END
chmod +x "$LIVE"
export LULL="$lull"
refused 1 'relaxx' "$LIVE" relaxx
refused 1 'person' "$LIVE" tension_relief --sensor person:x

# --- the store: one session to be kept safe through all of this
export XDG_STATE_HOME="$folder/kept"
"$lull" render tension_relief --person 2 --seconds 20 --save --no-voice \
	>/dev/null
db=$XDG_STATE_HOME/lull/lull.db
"$lull" replay 1 | grep -q identical

set_version() {
	printf "$1" | dd of="$db" bs=1 seek=60 conv=notrunc 2>/dev/null
}
set_version '\000\000\003\347' # user_version 999, as a newer one would
refused 1 'newer' "$lull" sessions
refused 1 'newer' "$LIVE" tension_relief
set_version '\000\000\000\001'
"$lull" replay 1 | grep -q identical

cp "$db" "$folder/lull.db"
echo "this is no database, not at all" >"$db"
refused 1 'lull.db' "$lull" sessions
cp "$folder/lull.db" "$db"
"$lull" replay 1 | grep -q identical

# a daemon with no place to write goes on, and says so
export XDG_STATE_HOME="$folder/lull.db/under-a-file"
"$LIVE" tension_relief --from 2 --seconds 1 --sensor person:1 \
	--answers tests/answers.yaml </dev/null >"$folder/out" 2>&1
grep -qi 'not be kept' "$folder/out"

# --- daemons and the bus
"$BUILD/lulld" 2>"$folder/one" &
daemon=$!
waited=0
until "$lull" status >/dev/null 2>&1 || [ $waited -gt 200 ]; do
	waited=$((waited + 1))
	sleep 0.05
done
refused 1 'another lulld' "$BUILD/lulld"
(
	unset DBUS_SESSION_BUS_ADDRESS
	export XDG_RUNTIME_DIR="$folder/no-bus"
	refused 3 'dbus-run-session' "$lull" status
	refused 3 'dbus-run-session' "$lull" start
	refused 3 'dbus-run-session' "$BUILD/lulld"
)
echo "all refused in one plain line, and session 1 is whole"
