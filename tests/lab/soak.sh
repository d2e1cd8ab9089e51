# SPDX-License-Identifier: GPL-3.0-or-later
# LAB_SOAK_S of sessions, one after another, with a random fault each 20 s
# (LAB_SEED): nothing is lost and nothing leaks. One heart is on both radios;
# one session has the strap alone, the next the stick alone, the third both.
. /lab/scenarios/both.inc
strap_faults="away1 away10 away60 mute bluetoothd adapter contact"
stick_faults="pulled1 pulled10 pulled60 deaf drop garbage badsum closed"

# the next of 0..($1 - 1): a linear congruence, the constants of C's own
# example cut to what the shell's arithmetic holds
chance() {
	seed=$(((seed * 1103515245 + 12345) % 2147483648))
	chosen=$((seed / 65536 % $1))
}

off_air() {
	lab_tell s1 away
	lab_wait "$1"
	lab_tell s1 back
}

out_of_port() {
	lab_tell stick pull
	lab_wait "$1"
	lab_tell stick plug
	lab_await stick configured 10
}

# For some time the kernel keeps a link that nobody reads any more: what is
# sent into it is away. With the link down there is no last one to wait for.
unheard() {
	before=$(grep -c 's1 unheard' "$out/s1.log" || true)
	lab_tell s1 unheard
	tries=0
	until [ $tries = 20 ] ||
		[ "$(grep -c 's1 unheard' "$out/s1.log" || true)" -gt "$before" ]; do
		lab_wait 0.1
		tries=$((tries + 1))
	done
}

fault() {
	case $1 in
	away*) off_air "${1#away}" ;;
	pulled*) out_of_port "${1#pulled}" ;;
	mute)
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
	contact)
		lab_tell s1 contact off
		lab_wait 5
		lab_tell s1 contact on
		;;
	deaf)
		lab_tell stick silent
		lab_wait 8
		lab_tell stick speak
		;;
	drop) lab_tell stick drop 20 ;;
	garbage) lab_tell stick garbage 40 ;;
	badsum) lab_tell stick badsum 3 ;;
	closed) lab_tell stick close-channel ;;
	esac
}

# FAULTS...: one of them each 20 s of the session
trouble() {
	while lab_wait 20 && alive session; do
		chance $#
		nth=$((chosen + 1))
		eval "what=\${$nth}"
		lab_say "fault: $what"
		echo "$(lab_now) $what" >>"$out/faults"
		fault "$what"
	done
}

# SENSOR FAULTS [LINE]: ten minutes of them, once lulld has said the line
session() {
	lab_session "$1" 600
	[ -z "${3-}" ] || lab_await lulld "$3" 90
	trouble $2
	lab_await lulld "figures of" 30 # then lulld rests
	lab_session_end
}

strap_alone() {
	lab_tell stick pull
	session ble: "$strap_faults"
	lab_tell stick plug
	lab_await stick configured 10
}

stick_alone() {
	lab_tell s1 away
	session ant:12345 "$stick_faults"
	lab_tell s1 back
}

# until it is known for one heart, the second radio's beats are a stranger's
both() {
	session ble: "$strap_faults $stick_faults" "both radios hear one heart"
}

going_on() { [ $(($(lab_ms) / 1000)) -lt $end ]; }

seed=$LAB_SEED
lab_say "seed $seed"
end=$(($(lab_ms) / 1000 + LAB_SOAK_S))
both_devices person:7 person:7
while going_on; do
	strap_alone
	going_on && stick_alone
	going_on && both
done
lab_tell stick quit

# Each session has a line of its beginning, when it has its rules, and one of
# its end, when it has let go of all; its kind comes round every six lines.
awk '{ rss[NR] = $3; fds[NR] = $4; rules[NR] = $5 }
	END {
		if (NR < 8 || rules[1] == 0)
			exit 1
		for (i = 2; i <= NR; i++)
			if (rules[i] > rules[2 - i % 2])
				exit 1
		for (i = 8; i <= NR; i += 2)
			if (rss[i] > rss[i - 6] + 2048 || fds[i] > fds[i - 6])
				exit 1
	}' "$out/lulld.figures" ||
	lab_fail "lulld leaks: see lulld.figures"
