# SPDX-License-Identifier: GPL-3.0-or-later
# Of two straps on the air and none chosen none is taken: the session and record
# ask for a choice and name both. Chosen, it is the one.
. /lab/scenarios/usb.inc
usb_begin
lab_stick stick person:7 --neighbour 54321=person:8
usb_plugged
if lab_lull record --sensor ant: --seconds 30 -o "$run/user/two.capture" \
	>"$out/record.txt" 2>&1; then
	lab_fail "record took one of two"
fi
usb_said record.txt "several straps are on the air: choose yours"
usb_said record.txt ant:54321
lab_daemon
lab_session ant: 30
lab_session_end
usb_said session.log "several straps are on the air: choose yours"
usb_said session.log ant:12345
lab_lull sensors --scan 5 >"$out/scan.txt"
usb_said scan.txt ant:12345
usb_said scan.txt ant:54321
lab_lull use ant:12345
lab_session "" 60
lab_session_end
if grep -q 'tracks 54321' "$out/stick.log"; then
	lab_fail "the neighbour's strap was taken"
fi
lab_tell stick quit
