# SPDX-License-Identifier: GPL-3.0-or-later
# Five minutes with a stick that was plugged in before: every beat is stored
# once, and nothing else.
. /lab/scenarios/usb.inc
usb_begin
lab_stick stick person:7
usb_plugged
lab_daemon
lab_session ant:12345 300
lab_session_end
lab_tell stick quit
