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

. tests/helpers/refused.sh

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
printf 'techniques:\n- id: mine\n' >"$folder/t.yaml"
refused 1 'line 2: name: ' "$lull" routine check "$folder/t.yaml"

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
beats nan '800\nNaN\n' 'line 2'
beats nul '800\n80\0000\n' 'line 2: .*NUL'
beats mixed '800\n810\n0.8\n' 'line 3: expected ms, as in the lines before'
beats logger 'date,rr,since start\n2025-03-15,no,0\n' 'line 2'
beats watch '\016\020\0\0\377\0\0\0.FIT\0\0' 'byte 15: .*cut off'
truncate -s 2G "$folder/vast.rr"
refused 1 '64 MiB' "$lull" render tension_relief \
	--beats "$folder/vast.rr" --no-voice --events "$folder/e.jsonl"
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

cp "$db" "$folder/lull.db"
# user_version 999, as a newer one would
printf '\000\000\003\347' | dd of="$db" bs=1 seek=60 conv=notrunc 2>/dev/null
refused 1 'newer' "$lull" sessions
refused 1 'newer' "$LIVE" tension_relief
cp "$folder/lull.db" "$db"
"$lull" replay 1 | grep -q identical

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
export XDG_STATE_HOME="$folder/state"
"$BUILD/lulld" 2>"$folder/one" &
daemon=$!
waited=0
until "$lull" status >/dev/null 2>&1 || [ $waited -gt 200 ]; do
	waited=$((waited + 1))
	sleep 0.05
done
refused 1 'another lulld' "$BUILD/lulld"
heard() { # SENSOR WORDS
	refused 1 "$2" "$full/lull" start --no-audio --sensor "$1"
}
# each is told by where this shell is, the daemon being elsewhere
full=$(cd "$BUILD" && pwd)
(
	cd "$folder"
	heard file:text.rr "$folder/text.rr:3: "
	heard file:zero.rr 'zero.rr:2: '
	heard file:negative.rr 'negative.rr:2: '
	heard file:huge.rr 'huge.rr:2: '
	heard file:empty.rr 'empty.rr: '
	heard file:mixed.rr 'mixed.rr:3: '
	heard file:watch.rr 'watch.rr: byte 15: '
	heard file:gone.rr "$folder/gone.rr: "
	heard file:huge.yaml 'huge.yaml: '
	heard zig:1 'no driver'
)
refused 2 'brief' "$lull" start --talk lots
refused 1 'routine show' "$lull" start --from 99
refused 1 'no session runs' "$lull" pause
refused 1 'no session runs' "$lull" answer ready yes
refused 2 'VALUE' "$lull" answer ready
(
	unset DBUS_SESSION_BUS_ADDRESS
	export XDG_RUNTIME_DIR="$folder/no-bus"
	refused 3 'dbus-run-session' "$lull" status
	refused 3 'dbus-run-session' "$lull" start
	refused 3 'dbus-run-session' "$BUILD/lulld"
)

# a bus that dies takes the daemon with it, and no client waits for ever
dbus-daemon --session --fork --print-address=3 --print-pid=4 \
	3>"$folder/address" 4>"$folder/pid" 2>/dev/null
DBUS_SESSION_BUS_ADDRESS=$(cat "$folder/address")
export XDG_STATE_HOME="$folder/other"
"$lull" start --no-audio --sensor person:1 >"$folder/out" 2>"$folder/err" \
	</dev/null &
client=$!
until "$lull" status 2>/dev/null | grep -q 'asking\|playing'; do
	kill -0 $client
	sleep 0.05
done
kill "$(cat "$folder/pid")"
got=0
wait $client || got=$?
[ $got = 1 ]
grep -q 'the daemon has gone' "$folder/err"
echo "all refused in one plain line, and session 1 is whole"
