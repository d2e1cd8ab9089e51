#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# lab.sh [SCENARIO...]: plays scenarios (all of them unless named), each in a
# guest of its own and ROUNDS times, JOBS guests at once. One line a scenario;
# what it left is in $BUILD/lab/logs/SCENARIO. The programs are built before.
set -eu
: "${BUILD:=build}" "${ROUNDS:=1}" "${JOBS:=$(nproc)}"
: "${TRIES:=1}" # of a scenario that fails; a try that failed is shown
: "${SEED:=$$}" "${SOAK_S:=3600}"
: "${BOOT_S:=20}"   # of wall time: a boot that says nothing by then hangs
: "${LIMIT_S:=900}" # of wall time: no guest takes longer
here=$(cd "$(dirname "$0")" && pwd)
lab=$(mkdir -p "$BUILD/lab" && cd "$BUILD/lab" && pwd)

# The guest's clock counts its instructions and leaps over its idle time: it
# does not depend on how busy this machine is, and an hour takes minutes.
guest() { # FOLDER SCENARIO
	exec timeout -k 5 "$LIMIT_S" qemu-system-x86_64 \
		-machine pc,usb=off,vmport=off,hpet=off \
		-accel tcg,thread=single -icount shift=0,sleep=off \
		-rtc clock=vm -cpu max -smp 1 -m 1024 \
		-nodefaults -no-user-config -display none -no-reboot \
		-serial stdio -monitor none \
		-kernel "$lab/vmlinuz" -initrd "$lab/initrd.img" \
		-append "console=ttyS0 earlyprintk=serial,ttyS0 panic=-1 audit=0 \
mitigations=off nokaslr no_timer_check tsc=reliable random.trust_cpu=on highres=off \
rcupdate.rcu_expedited=1 cryptomgr.notests \
LAB_SCENARIO=$2 LAB_SEED=$SEED LAB_SOAK_S=$SOAK_S" \
		-virtfs "local,path=$1,mount_tag=out,security_model=none" \
		</dev/null
}

# FOLDER SCENARIO: one boot; 1 if it did not come as far as init
boot() {
	rm -f "$1/status"
	guest "$1" "$2" >"$1/console" 2>&1 &
	qemu=$!
	waited=0
	until [ -s "$1/console" ]; do
		if [ $waited -ge $((BOOT_S * 5)) ] ||
			! kill -0 $qemu 2>/dev/null; then
			kill $qemu 2>/dev/null || true
			wait $qemu 2>/dev/null || true
			return 1
		fi
		waited=$((waited + 1))
		sleep 0.2
	done
	wait $qemu 2>/dev/null || true
	grep -q 'init started' "$1/console"
}

# NAME ROUND: one scenario in one guest, judged; its line; its status
play() {
	logs=$lab/logs/$1
	[ "$2" = 1 ] || logs=$logs.$2
	rm -rf "$logs"
	mkdir -p "$logs"
	boots=1
	until boot "$logs" "$1"; do
		[ $boots -lt 3 ] || break
		boots=$((boots + 1))
	done
	status=$(cat "$logs/status" 2>/dev/null || echo none)
	verdict=FAIL
	if [ "$status" != 0 ]; then
		why=$(tail -n 1 "$logs/failed" 2>/dev/null ||
			echo "the guest did not end by itself, see console")
	elif sh "$here/judge.sh" "$logs" >"$logs/figures" 2>"$logs/failed"
	then
		verdict=pass
		why=$(cat "$logs/figures")
		rm -f "$logs"/sound.*.wav "$logs"/part.*.wav \
			"$logs/failed"
	else
		why=$(tail -n 1 "$logs/failed")
	fi
	[ $verdict = pass ] || why="$why (logs: $logs)"
	[ $boots = 1 ] || why="$why (booted $boots times)"
	printf '%s %-20s %s\n' $verdict "$1" "$why"
	[ $verdict = pass ]
}

# NAME ROUND: likewise, and once more where that is asked for
play_one() {
	if line=$(play "$@"); then
		echo "$line"
		return
	fi
	if [ "$TRIES" = 1 ]; then
		echo "$line"
		return 1
	fi
	rm -rf "$lab/logs/$1.first"
	mv "$lab/logs/$1" "$lab/logs/$1.first"
	echo "$line" | sed 's/^FAIL/again/; s/)$/.first)/'
	play "$@"
}

prepare() {
	sh "$here/kernel.sh"
	rm -rf "$lab/install"
	make --no-print-directory BUILD="$BUILD" DESTDIR="$lab/install" \
		install >"$lab/install.log"
	# the spoken clips, made once: no guest spends its time on them
	XDG_CACHE_HOME="$lab/cache" XDG_CONFIG_HOME="$lab/none" \
		XDG_STATE_HOME="$lab/none" XDG_DATA_HOME="$lab/none" \
		"$BUILD/lull" render tension_relief --seconds 1 \
		-o "$lab/clips.wav" >/dev/null
	sh "$here/image.sh"
}

if [ "${1:-}" = --one ]; then
	play_one "$2" "$3"
	exit
fi
[ $# -gt 0 ] || set -- $(cd "$here/scenarios" && ls ./*.sh |
	sed 's|^\./||; s|\.sh$||')
prepare
export BUILD LIMIT_S BOOT_S TRIES SEED SOAK_S
for name in "$@"; do
	for round in $(seq "$ROUNDS"); do
		echo "$name $round"
	done
done | xargs -P "$JOBS" -L 1 sh "$0" --one | tee "$lab/lines" || true
failed=$(grep -c '^FAIL' "$lab/lines" || true)
passed=$(grep -c '^pass' "$lab/lines" || true)
echo "lab: $passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" = $(($# * ROUNDS)) ]
