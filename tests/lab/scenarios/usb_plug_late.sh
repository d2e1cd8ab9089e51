# SPDX-License-Identifier: GPL-3.0-or-later
# A stick that is plugged in after the session began is found by itself.
. /lab/scenarios/usb.inc
usb_begin
lab_stick stick person:7 --pulled
lab_daemon
lab_session ant:12345 90
lab_wait 20
lab_tell stick plug
lab_await stick heard 5
lab_session_end
usb_said session.log "no ANT+ stick is plugged in: plug it in"
lab_tell stick quit
