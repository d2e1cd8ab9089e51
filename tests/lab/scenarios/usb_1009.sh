# SPDX-License-Identifier: GPL-3.0-or-later
# The same with the other stick (0fcf:1009), and no strap chosen: the only one
# on the air is taken.
. /lab/scenarios/usb.inc
usb_begin
lab_stick stick person:8 --product 1009
usb_plugged
lab_daemon
lab_session ant: 90
lab_session_end
lab_tell stick quit
