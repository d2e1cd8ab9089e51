# SPDX-License-Identifier: GPL-3.0-or-later
# Off the skin no beat is made up; on it again they come.
. /lab/scenarios/usb.inc
usb_begin
lab_stick stick person:7
usb_plugged
lab_daemon
lab_session ant:12345 90
lab_await stick heard 5
lab_wait 20
lab_tell stick contact off
lab_wait 15
lab_tell stick contact on
lab_session_end
lab_tell stick quit
