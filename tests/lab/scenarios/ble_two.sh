# SPDX-License-Identifier: GPL-3.0-or-later
# Of two straps on the air none is taken until one is chosen, and then that.
lab_sound
lab_bluetooth 3
lab_strap mine 1 person:7 --name Mine
lab_strap other 2 person:8 --name Other
lab_await mine ready 10
lab_await other ready 10
lab_bluetoothd
lab_daemon
lab_session ble: 30
lab_session_end
lab_lull sensors --scan 5
lab_lull use ble:00:AA:01:01:00:01
lab_session "" 60
lab_session_end
! grep -q ' connected' "$out/other.log" ||
	lab_fail "the neighbour's strap was taken"
