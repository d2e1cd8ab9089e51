# SPDX-License-Identifier: GPL-3.0-or-later
# Every form of a measurement, in one session: several intervals in one, rates
# of 16 bits, a field of energy that appears, and bytes that are none.
lab_sound
lab_bluetooth
lab_strap s1 1 person:7
lab_await s1 ready 10
lab_bluetoothd
lab_daemon
lab_session ble: 200
lab_await s1 's1 subscribed' 10
lab_wait 15
for form in 'pack 2' 'pack 9' 'hr16 on' 'energy on' 'pack all' 'hr16 off'; do
	lab_tell s1 "$form"
	lab_wait 20
done
lab_tell s1 raw 19
lab_tell s1 raw 1e
lab_session_end
