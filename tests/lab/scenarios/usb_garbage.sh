# SPDX-License-Identifier: GPL-3.0-or-later
# Bytes that are no message, of any length, between those that are: no beat is
# lost.
. /lab/scenarios/usb.inc
usb_begin
lab_stick stick person:7
usb_plugged
lab_daemon
lab_session ant:12345 120
lab_await stick heard 5
for n in 1 2 3 5 8 13 21 34 55 64 65 100 128 200 300; do
	lab_wait 5
	lab_tell stick garbage $n
done
lab_session_end
lab_tell stick quit
