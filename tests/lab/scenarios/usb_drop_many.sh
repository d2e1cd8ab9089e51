# SPDX-License-Identifier: GPL-3.0-or-later
# Twenty lost messages are one gap; of five and seven only that is lost which
# neither the counter nor page 4 tells.
. /lab/scenarios/usb.inc
usb_begin
lab_stick stick person:7
usb_plugged
lab_daemon
lab_session ant:12345 150
lab_await stick heard 5
for n in 20 5 7 20 7 5 20; do
	lab_wait 15
	lab_tell stick drop $n
done
lab_session_end
lab_tell stick quit
