# SPDX-License-Identifier: GPL-3.0-or-later
# lulld is killed while it listens and leaves the channel open: what it stored
# stays whole, and the next one uses the stick.
. /lab/scenarios/usb.inc
usb_begin
lab_stick stick person:7
usb_plugged
lab_daemon
lab_session ant:12345 600
lab_await stick heard 5
lab_wait 30
lab_daemon_kill
lab_session_end 10
lab_wait 5
lab_daemon
lab_session ant:12345 60
lab_await stick heard 5
lab_session_end
lab_tell stick quit
