# SPDX-License-Identifier: GPL-3.0-or-later
# lulld is killed while it is connected: what it stored stays whole, and the
# next one takes over the link that was left, without a new one.
lab_sound
lab_bluetooth
lab_strap s1 1 person:7
lab_await s1 ready 10
lab_bluetoothd
lab_daemon
lab_session ble: 600
lab_await s1 's1 subscribed' 10
lab_wait 30
lab_daemon_kill
lab_session_end 10
lab_wait 5
lab_daemon
lab_session ble: 60
lab_session_end
if [ "$(grep -c ' connected' "$out/s1.log")" -gt 1 ]; then
	lab_fail "the link that was left was not taken over"
fi
