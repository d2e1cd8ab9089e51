#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The pacer through a real PortAudio stream while its rate glides from 15 to
# 5.5 breaths a minute, over SECONDS_GLIDE (60): in what was captured, as in the
# render, each breath begins at its very sample.
set -eu
: "${BUILD:=build}" "${SECONDS_GLIDE:=60}"
. tests/helpers/jack.sh
trap jack_finish EXIT
jack_surroundings
tools=$BUILD/tests/tools

"$tools/glide" "$SECONDS_GLIDE" "$folder/events" "$folder/render.wav"
"$tools/onsets" "$folder/render.wav" "$folder/events"
# a long period: what is measured is where a breath begins, not how soon, and a
# machine that stands still for a while must not cut into that
jack_server 48000 2 2048
# on a machine too busy to send a breath in time it is played again
try=1
until
	jack_record live
	status=0
	"$tools/glide" "$SECONDS_GLIDE" "$folder/events.live" || status=$?
	jack_stop_recording
	[ "$status" -ne 3 ]
do
	[ "$try" -lt 3 ]
	try=$((try + 1))
done
[ "$status" -eq 0 ]
cmp "$folder/events" "$folder/events.live"
"$tools/same_sound" "$folder/live.wav" "$folder/render.wav" |
	tee "$folder/same"
"$tools/onsets" "$folder/live.wav" "$folder/events" \
	"$(sed 's/.* at //' "$folder/same")"
