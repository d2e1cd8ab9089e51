# SPDX-License-Identifier: GPL-3.0-or-later
# A wrong network key is silence, and one plain line says what it may be.
. /lab/scenarios/usb.inc
usb_begin
lab_stick stick person:7
usb_plugged
lab_tell stick wrong-key
lab_daemon
lab_session ant:12345 60
lab_await stick "opened for 12345" 5
lab_session_end
usb_said session.log "else ant_network_key in config.yaml is wrong"
lab_tell stick quit
