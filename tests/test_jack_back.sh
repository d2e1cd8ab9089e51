#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A device that fails in mid session: the session goes on meanwhile, its clock
# does not jump, and sound returns where the session is, faded in, from then on
# the very samples of its render. FAULT (restart unless set) is what happens: a
# row of functions in tests/helpers/jack.sh.
set -eu
: "${BUILD:=build}" "${FAULT:=restart}" "${SECONDS_LIVE:=8}" "${TRY:=1}"
export BUILD FAULT SECONDS_LIVE
. tests/helpers/jack.sh

jack_begin
"before_$FAULT"
jack_session "$SECONDS_LIVE" &
session=$!
await "a session" grep -q '"kind":"step"' "$log"
"fault_$FAULT"
wait "$session" || {
	cat "$folder/start.log" "$log"
	exit 1
}
jack_stop_recording
# where others take the processors for longer than a cue is sent ahead, it is
# played late, and said to be: that proves nothing, so it is played again
if [ "$FAULT" != stopped ] && [ "$FAULT" != starved ] && \
	[ "$TRY" -lt 3 ] && jack_cues_late; then
	echo "$FAULT: too busy here, once more"
	jack_finish
	trap - EXIT
	TRY=$((TRY + 1)) exec sh "$0"
fi
"$BUILD/lull" replay 1 -o "$folder/render.wav" >"$folder/replay.log"
# in a gap the frames stand still, and with them the clock
[ "$FAULT" = starved ] || jack_clock_held
"judge_$FAULT"
