# SPDX-License-Identifier: GPL-3.0-or-later
# A session that begins while the link of the one before is still being let go
# takes the strap as soon as it is on the air again.
lab_bluetooth
lab_strap s1 1 person:7
lab_await s1 ready 10
lab_bluetoothd
lab_daemon
lab_session ble: 20
lab_session_end
lab_session ble: 60
lab_await s1 's1 disconnected' 10
lab_await s1 's1 subscribed' 10
lab_session_end
