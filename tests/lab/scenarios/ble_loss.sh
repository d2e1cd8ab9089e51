# SPDX-License-Identifier: GPL-3.0-or-later
# A link that is lost for 1 s, 10 s and 60 s comes back by itself.
lab_sound
lab_bluetooth
lab_strap s1 1 person:7
lab_await s1 ready 10
lab_bluetoothd
lab_daemon
lab_session ble: 200
lab_await s1 's1 subscribed' 10
for seconds in 1 10 60; do
	lab_wait 20
	lab_tell s1 away
	lab_wait $seconds
	lab_tell s1 back
	lab_await s1 's1 subscribed' 1
done
lab_session_end
