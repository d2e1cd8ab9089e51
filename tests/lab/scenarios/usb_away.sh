# SPDX-License-Identifier: GPL-3.0-or-later
# A strap that is off the air for 1 s, 10 s and 60 s is heard again by itself.
. /lab/scenarios/usb.inc
usb_begin
lab_stick stick person:7
usb_plugged
lab_daemon
lab_session ant:12345 200
lab_await stick heard 5
for seconds in 1 10 60; do
	lab_wait 20
	lab_tell stick away
	lab_wait $seconds
	lab_tell stick back
done
lab_session_end
lab_tell stick quit
