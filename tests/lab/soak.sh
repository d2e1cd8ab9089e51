# SPDX-License-Identifier: GPL-3.0-or-later
# LAB_SOAK_S of sessions, one after another, with a random fault each 20 s
# (LAB_SEED): nothing is lost and nothing leaks.
say_faults="off1 off10 off60 silent bluetoothd adapter strap"

# the next of 0..($1 - 1): a linear congruence, Knuth's MMIX constants cut to
# what the shell's arithmetic holds
chance() {
	seed=$(((seed * 1103515245 + 12345) % 2147483648))
	chosen=$((seed / 65536 % $1))
}

off_air() {
	lab_tell s1 away
	lab_wait "$1"
	lab_tell s1 back
}

# For some time the kernel keeps a link that nobody reads any more: what is
# sent into it is away.
unheard() {
	lab_tell s1 unheard
	lab_wait 1
}

fault() {
	chance 7
	set -- $say_faults
	shift $chosen
	lab_say "fault: $1"
	echo "$(lab_now) $1" >>"$out/faults"
	case $1 in
	off1) off_air 1 ;;
	off10) off_air 10 ;;
	off60) off_air 60 ;;
	silent)
		lab_tell s1 silent
		lab_wait 8
		lab_tell s1 speak
		;;
	bluetoothd)
		unheard
		lab_bluetoothd_kill
		lab_wait 1
		lab_bluetoothd
		;;
	adapter)
		unheard
		lab_adapter off
		lab_wait 3
		lab_adapter on
		;;
	strap)
		lab_tell s1 contact off
		lab_wait 5
		lab_tell s1 contact on
		;;
	esac
}

seed=$LAB_SEED
lab_say "seed $seed"
end=$(($(lab_ms) / 1000 + LAB_SOAK_S))
lab_bluetooth
lab_strap s1 1 person:7
lab_await s1 ready 10
lab_bluetoothd
lab_daemon
while [ $(($(lab_ms) / 1000)) -lt $end ]; do
	lab_session ble: 600
	while alive session; do
		lab_wait 20
		if alive session; then fault; fi
	done
	lab_session_end
done

# the first session's end is what the last one's is held to
awk 'NR == 2 { rss = $3; fds = $4; rules = $5 }
	END { exit !(NR >= 4 && $3 <= rss + 2048 && $4 <= fds &&
		$5 <= rules) }' "$out/lulld.figures" ||
	lab_fail "lulld leaks: see lulld.figures"
