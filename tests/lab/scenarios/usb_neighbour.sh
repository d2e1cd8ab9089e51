# SPDX-License-Identifier: GPL-3.0-or-later
# A neighbour's strap never takes over from the one that was chosen.
. /lab/scenarios/usb.inc
usb_begin
lab_stick stick person:7 --neighbour 54321=person:8
usb_plugged
lab_daemon
lab_session ant:12345 150
lab_await stick heard 5
lab_wait 20
lab_tell stick away
lab_wait 60
lab_tell stick back
lab_await stick "tracks 12345" 5
lab_session_end
if grep -q 'tracks 54321' "$out/stick.log"; then
	lab_fail "the neighbour's strap was taken"
fi
lab_tell stick quit
