# SPDX-License-Identifier: GPL-3.0-or-later
# The electrodes lose the skin and find it again; then a strap that has no
# sense of it.
lab_sound
lab_bluetooth
lab_strap s1 1 person:7
lab_await s1 ready 10
lab_bluetoothd
lab_daemon
lab_session ble: 120
lab_await s1 's1 subscribed' 10
lab_wait 20
lab_tell s1 contact off
lab_wait 20
lab_tell s1 contact on
lab_wait 20
lab_tell s1 contact unsupported
lab_session_end
