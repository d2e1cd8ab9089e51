# SPDX-License-Identifier: GPL-3.0-or-later
# bluetoothd dies in the middle of a session and is started again.
lab_sound
lab_bluetooth
lab_strap s1 1 person:7
lab_await s1 ready 10
lab_bluetoothd
lab_daemon
lab_session ble: 120
lab_await s1 's1 subscribed' 10
lab_wait 20
lab_tell s1 unheard
lab_await s1 's1 unheard' 3
lab_bluetoothd_kill
lab_wait 10
lab_bluetoothd
lab_await s1 's1 subscribed' 10
lab_session_end
