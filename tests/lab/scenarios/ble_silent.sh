# SPDX-License-Identifier: GPL-3.0-or-later
# A strap that falls silent on a link that stands is heard again: at once when
# it speaks soon, by subscribing anew, and by a new link at last.
lab_sound
lab_bluetooth
lab_strap s1 1 person:7
lab_await s1 ready 10
lab_bluetoothd
lab_daemon
lab_session ble: 200
lab_await s1 's1 subscribed' 10
for seconds in 5 15 45; do
	lab_wait 20
	lab_tell s1 silent
	lab_wait $seconds
	lab_tell s1 speak
done
lab_session_end
