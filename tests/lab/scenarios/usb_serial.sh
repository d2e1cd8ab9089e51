# SPDX-License-Identifier: GPL-3.0-or-later
# The kernel's serial driver takes the stick first: it is detached for as long
# as the session lasts, and has the stick back afterwards.
. /lab/scenarios/usb.inc
usb_begin
modprobe usb_serial_simple
lab_stick stick person:7
usb_plugged
lab_until 5 "the serial driver" usb_has usb_serial_simple
[ -c /dev/ttyUSB0 ] || lab_fail "no serial port"
lab_daemon
lab_session ant:12345 60
lab_await stick heard 5
usb_has usbfs || lab_fail "in the session the driver is $(usb_driver)"
lab_session_end
lab_until 2 "the serial driver again" usb_has usb_serial_simple
[ -c /dev/ttyUSB0 ] || lab_fail "no serial port afterwards"
lab_tell stick quit
