# SPDX-License-Identifier: GPL-3.0-or-later
# Without its udev rule the stick may not be used: doctor and the session say
# so. With the rule, plugged in anew, it is taken.
. /lab/scenarios/usb.inc
usb_begin
usb_config 'sensor: "ant:12345"'
rule=/usr/local/lib/udev/rules.d/70-lull.rules
mv "$rule" "$run"
udevadm control --reload
lab_stick stick person:7
usb_plugged
usb_doctor "the ANT+ stick may not be used, its udev rule is missing"
lab_daemon
lab_session ant:12345 60
lab_wait 10
usb_said session.log "the ANT+ stick may not be used, its udev rule is missing"
lab_tell stick pull
mv "$run/70-lull.rules" "$rule"
udevadm control --reload
lab_tell stick plug
lab_await stick heard 5
lab_session_end
usb_doctor "through an ANT+ stick that can be used"
lab_tell stick quit
