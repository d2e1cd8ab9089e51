# SPDX-License-Identifier: GPL-3.0-or-later
# A stick that hangs, and says nothing at all, is reset by USB.
. /lab/scenarios/usb.inc
usb_begin
lab_stick stick person:7
usb_plugged
lab_daemon
lab_session ant:12345 120
lab_await stick heard 5
lab_wait 20
lab_tell stick silent
lab_await stick configured 25
lab_await stick heard 5
lab_session_end
lab_tell stick quit
