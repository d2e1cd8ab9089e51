# SPDX-License-Identifier: GPL-3.0-or-later
# The strap's beat count and its time begin anew, several times: no gap.
. /lab/scenarios/usb.inc
usb_begin
lab_stick stick person:7
usb_plugged
lab_wait 3
lab_tell stick roll
lab_daemon
lab_session ant:12345 420
lab_session_end
lab_tell stick quit
