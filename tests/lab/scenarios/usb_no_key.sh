# SPDX-License-Identifier: GPL-3.0-or-later
# Without a network key doctor says where one comes from, and so does a session
# that asks for such a strap.
. /lab/scenarios/usb.inc
lab_gadget
usb_config 'sensor: "ant:"'
lab_stick stick person:7
usb_plugged
usb_doctor "there is no ANT+ network key: become an ANT+ Adopter"
lab_daemon
if lab_lull start tension_relief --sensor ant: --answers "$run/answers.yaml" \
	2>"$out/refused.txt"; then
	lab_fail "a session began without a key"
fi
[ "$(wc -l <"$out/refused.txt")" = 1 ] || lab_fail "not one line of why"
usb_said refused.txt "there is no ANT+ network key: become an ANT+ Adopter"
lab_tell stick quit
