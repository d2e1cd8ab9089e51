# SPDX-License-Identifier: GPL-3.0-or-later
# One lost message costs nothing, nor do two.
. /lab/scenarios/usb.inc
usb_begin
lab_stick stick person:7
usb_plugged
lab_daemon
lab_session ant:12345 120
lab_await stick heard 5
for n in 1 2 1 2 1 2 1 2 1 2; do
	lab_wait 8
	lab_tell stick drop $n
done
lab_session_end
lab_tell stick quit
