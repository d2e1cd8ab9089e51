# SPDX-License-Identifier: GPL-3.0-or-later
# A stick pulled out for 1 s, 10 s and 60 s is found again by itself, and its
# beats come within 1.5 s of its being back.
. /lab/scenarios/usb.inc
usb_begin
lab_stick stick person:7
usb_plugged
lab_daemon
lab_session ant:12345 200
lab_await stick heard 10
for seconds in 1 10 60; do
	lab_wait 20
	lab_tell stick pull
	lab_wait $seconds
	lab_tell stick plug
	lab_await stick heard 3
done
lab_session_end
lab_tell stick quit
