# SPDX-License-Identifier: GPL-3.0-or-later
# A strap that another program holds is not heard: that is said, and it is
# taken as soon as it is free.
lab_sound
lab_bluetooth
lab_strap s1 1 person:7 --claimed
lab_await s1 ready 10
lab_bluetoothd
lab_daemon
lab_lull use ble:00:AA:01:01:00:01
lab_lull doctor | tee "$out/doctor" || true
lab_lull sensors --scan 5 >"$out/sensors" 2>&1 || true
cat "$out/sensors"
lab_session "" 100
lab_wait 40
lab_tell s1 release
lab_await s1 's1 subscribed' 1
lab_session_end
grep -q 'close the phone app' "$out/sensors" ||
	lab_fail "lull sensors does not say what to do"
