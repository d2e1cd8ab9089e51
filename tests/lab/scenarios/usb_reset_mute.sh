# SPDX-License-Identifier: GPL-3.0-or-later
# A reset that the stick leaves unanswered once is sent again; one that it
# leaves unanswered three times makes a reset by USB.
. /lab/scenarios/usb.inc
usb_begin
lab_stick stick person:7
usb_plugged
lab_daemon
lab_tell stick mute-reset
lab_session ant:12345 90
lab_await stick "reset unanswered" 5
lab_await stick heard 5
lab_wait 10
lab_tell stick mute-reset 3
lab_tell stick pull
lab_wait 1
lab_tell stick plug
lab_await stick unused 10
lab_await stick configured 10
lab_await stick heard 5
lab_session_end
lab_tell stick quit
