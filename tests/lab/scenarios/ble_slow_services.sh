# SPDX-License-Identifier: GPL-3.0-or-later
# A strap that tells of its services late: 20 s after the link stands.
lab_sound
lab_bluetooth
lab_strap s1 1 person:7
lab_await s1 ready 10
lab_tell s1 slow-services 1000
lab_bluetoothd
lab_daemon
lab_session ble: 90
lab_await s1 's1 subscribed' 40
lab_session_end
