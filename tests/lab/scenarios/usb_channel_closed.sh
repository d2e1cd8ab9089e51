# SPDX-License-Identifier: GPL-3.0-or-later
# A channel that closes by itself is opened again at once.
. /lab/scenarios/usb.inc
usb_begin
lab_stick stick person:7
usb_plugged
lab_daemon
lab_session ant:12345 90
for i in 1 2 3; do
	lab_await stick heard 5
	lab_wait 15
	lab_tell stick close-channel
	lab_await stick "opened for 12345" 1
done
lab_session_end
lab_tell stick quit
