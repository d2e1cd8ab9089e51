# SPDX-License-Identifier: GPL-3.0-or-later
# Pages with a wrong checksum are as lost ones: two of them cost nothing, ten
# are a gap.
. /lab/scenarios/usb.inc
usb_begin
lab_stick stick person:7
usb_plugged
lab_daemon
lab_session ant:12345 120
lab_await stick heard 5
for n in 1 2 1 2 2 1 10 10; do
	lab_wait 10
	lab_tell stick badsum $n
done
lab_session_end
lab_tell stick quit
