# SPDX-License-Identifier: GPL-3.0-or-later
# A strap that is switched off, says so, and is switched on again.
lab_sound
lab_bluetooth
lab_strap s1 1 person:7
lab_await s1 ready 10
lab_bluetoothd
lab_daemon
lab_session ble: 120
lab_await s1 's1 subscribed' 10
lab_wait 20
lab_tell s1 drop 0x13
lab_tell s1 away
lab_wait 30
lab_tell s1 back
lab_await s1 's1 subscribed' 1
lab_session_end
