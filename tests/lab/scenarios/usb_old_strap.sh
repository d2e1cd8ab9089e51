# SPDX-License-Identifier: GPL-3.0-or-later
# An older strap, with no pages and anything in their bytes: a lost message
# costs nothing, and behind a hole no interval is made up.
. /lab/scenarios/usb.inc
usb_begin
lab_stick stick person:7 --old
usb_plugged
lab_daemon
lab_session ant:12345 120
lab_await stick heard 5
for n in 1 2 7 7 20; do
	lab_wait 15
	lab_tell stick drop $n
done
lab_session_end
lab_tell stick quit
