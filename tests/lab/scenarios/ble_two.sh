# SPDX-License-Identifier: GPL-3.0-or-later
# Of two straps on the air none is taken until one is chosen, and then that. A
# scan looks at both and lets them go.
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
! grep -q ' connected' "$out/mine.log" "$out/other.log" ||
	lab_fail "a strap was taken though none was chosen"
lab_lull sensors --scan 5 >"$out/scan.txt"
[ "$(grep -c '^ble:.* yes ' "$out/scan.txt")" = 2 ] ||
	lab_fail "the scan does not say that both send intervals"
lab_await other disconnected 10
looks=$(grep -c ' connected' "$out/other.log")
lab_lull use ble:00:AA:01:01:00:01
lab_session "" 60
lab_session_end
[ "$(grep -c ' connected' "$out/other.log")" = "$looks" ] ||
	lab_fail "the neighbour's strap was taken"
# another's heart is none of the referee's business
rm "$out/other.truth"
