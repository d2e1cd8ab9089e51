# SPDX-License-Identifier: GPL-3.0-or-later
# Five minutes with a strap on: every beat is stored once, and nothing else.
lab_sound
lab_bluetooth
lab_strap s1 1 person:7
lab_await s1 ready 10
lab_bluetoothd
lab_daemon
lab_session ble: 300
lab_session_end
