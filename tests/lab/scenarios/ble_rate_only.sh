# SPDX-License-Identifier: GPL-3.0-or-later
# A sensor that sends a rate and no intervals is refused, and told why.
lab_sound
lab_bluetooth
lab_strap s1 1 person:7
lab_await s1 ready 10
lab_tell s1 pack 0
lab_bluetoothd
lab_daemon
lab_session ble: 60
lab_session_end
grep -q 'no beat-to-beat intervals' "$out/session.log" ||
	lab_fail "why it is of no use was not said"
