# SPDX-License-Identifier: GPL-3.0-or-later
# A stick that another program uses is told of by doctor and by the session,
# which takes it as soon as it is free.
. /lab/scenarios/usb.inc
usb_begin
usb_config 'sensor: "ant:12345"'
lab_stick stick person:7
usb_plugged
start taker as_user lull record --sensor ant:12345 --seconds 600 \
	-o "$run/user/taken.capture"
lab_await stick heard 5
usb_doctor "the ANT+ stick is used by another program: close that"
lab_daemon
lab_session ant:12345 60
lab_wait 15
usb_said session.log "the ANT+ stick is used by another program: close that"
finish taker
lab_await stick heard 5
lab_session_end
usb_doctor "through an ANT+ stick that can be used"
lab_tell stick quit
