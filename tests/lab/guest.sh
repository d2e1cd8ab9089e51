#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs in the guest as root: guest.sh SCENARIO. What a scenario may call is
# lab_*: each returns when what it says has happened, or ends the scenario with
# one plain line.
set -eu
run=/run/lab
out=$run/out
home=$run/home
uid=1000
bus=unix:path=$run/user/bus
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL=C.UTF-8 TERM=dumb HOME=/root

# --- words and waits --------------------------------------------------------

lab_now() {
	read -r up rest </proc/uptime
	echo "$up"
}

lab_ms() {
	read -r up rest </proc/uptime
	echo "${up%.*}${up#*.}0"
}

lab_say() { echo "[$(lab_now)] $*"; }

# one plain line why this scenario fails
lab_fail() {
	lab_say "FAIL: $*"
	echo "$*" >>"$out/failed"
	exit 1
}

# SECONDS of guest time
lab_wait() { sleep "$1"; }

# SECONDS WHAT COMMAND...: until the command succeeds. It is asked often at
# first, then seldom: each time costs the machine a process or two.
lab_until() {
	since=$(lab_ms)
	limit=$(($1 * 1000))
	what=$2
	shift 2
	until "$@" >/dev/null 2>&1; do
		waited=$(($(lab_ms) - since))
		[ $waited -lt $limit ] || lab_fail "waited in vain for $what"
		[ $waited -lt 2000 ] && sleep 0.05 || sleep 0.5
	done
}

# NAME: the process of that name, started by us, is alive
alive() {
	read -r pid <"$run/$1.pid"
	kill -0 "$pid" 2>/dev/null
}

gone() { ! alive "$1"; }

# NAME [SIGNAL]: ends it, and sees it gone
finish() {
	[ -e "$run/$1.pid" ] || return 0
	kill "-${2:-TERM}" "$(cat "$run/$1.pid")" 2>/dev/null || true
	lab_until 20 "$1 to end" gone "$1"
	rm "$run/$1.pid"
}

# NAME COMMAND...: in the background; what it says goes to NAME.log
start() {
	name=$1
	shift
	"$@" >>"$out/$name.log" 2>&1 &
	echo $! >"$run/$name.pid"
}

# --- the ordinary user ------------------------------------------------------

# in place of this shell
as_user() {
	exec setpriv --reuid="$uid" --regid="$uid" --groups=audio,plugdev \
		env -i HOME="$home" USER=lull LOGNAME=lull PATH="$PATH" \
		LC_ALL="$LC_ALL" XDG_RUNTIME_DIR="$run/user" LULL_DEBUG=1 \
		DBUS_SESSION_BUS_ADDRESS="$bus" "$@"
}

user_exists() {
	for file in passwd group; do
		sed -i "/^[^:]*:[^:]*:$uid:/d" "/etc/$file"
	done
	echo "lull:x:$uid:$uid::$home:/bin/sh" >>/etc/passwd
	echo "lull:x:$uid:" >>/etc/group
	mkdir -p "$home/.config/lull" "$home/.cache" "$run/user"
	cp -R /lab/cache/. "$home/.cache"
	cp /lab/answers.yaml "$run"
	chown -R "$uid:$uid" "$home" "$run/user"
	chmod 700 "$run/user"
}

# --- hardware ---------------------------------------------------------------

lab_udev() {
	[ ! -e "$run/udevd.pid" ] || return 0
	mkdir -p /run/udev
	start udevd /lib/systemd/systemd-udevd
	lab_until 10 "udevd" udevadm control --ping
}

readable() { setpriv --reuid="$uid" --groups=audio test -r "$1"; }

card_ready() {
	lab_until 10 "the sound card to be the group's" \
		readable /dev/snd/pcmC0D0p
}

# A card that sessions play to: the loopback.
lab_card() {
	lab_udev
	modprobe snd-aloop
	card_ready
	echo 'audio: {api: alsa, device: "Loopback: PCM (hw:0,0)"}' \
		>>"$home/.config/lull/config.yaml"
}

# From here on each session is heard on the loopback's other end.
lab_sound() {
	lab_card
	: >"$run/sound"
}

# Pulled out of the machine, whoever plays to it, and put back.
lab_card_pull() {
	lab_say "the card is pulled"
	echo snd_aloop.0 >/sys/bus/platform/drivers/snd_aloop/unbind
}
lab_card_back() {
	lab_say "the card is back"
	echo snd_aloop.0 >/sys/bus/platform/drivers/snd_aloop/bind
	card_ready
}

# PART: what the only session is heard as from now on, until lab_hear_no_more.
# The judge looks for each part in the render, in the order of their names.
lab_hear() {
	start "hear" arecord -q -D hw:Loopback,1,0 -f FLOAT_LE -r 48000 -c 2 \
		"$out/part.$1.wav"
}
lab_hear_no_more() { finish hear INT; }

system_bus() {
	[ ! -e /run/dbus/system_bus_socket ] || return 0
	mkdir -p /run/dbus
	dbus-daemon --system --fork --nopidfile
	lab_until 10 "the system bus" test -S /run/dbus/system_bus_socket
}

# [CONTROLLERS]: two unless told, and the system bus; straps start next, each
# on its own from hci1, then lab_bluetoothd.
lab_bluetooth() {
	system_bus
	modprobe -a af_alg algif_hash algif_skcipher cmac ecb hci_vhci
	start btvirt btvirt -l"${1:-2}"
	lab_until 10 "the controllers" \
		test -e "/sys/class/bluetooth/hci$((${1:-2} - 1))"
}

bluez_has() {
	dbus-send --system --print-reply --dest=org.bluez / \
		org.freedesktop.DBus.ObjectManager.GetManagedObjects |
		grep -q "$1"
}

lab_bluetoothd() {
	printf '[General]\nControllerMode=le\nTemporaryTimeout=30\n[GATT]\n' \
		>"$run/main.conf"
	echo 'Cache=no' >>"$run/main.conf"
	start bluetoothd /usr/libexec/bluetooth/bluetoothd -n \
		-f "$run/main.conf"
	lab_until 20 "bluetoothd to see its controller" bluez_has hci0
}

lab_bluetoothd_kill() { finish bluetoothd KILL; }

# on|off
lab_adapter() {
	[ "$1" = on ] && powered=true || powered=false
	dbus-send --system --print-reply --dest=org.bluez /org/bluez/hci0 \
		org.freedesktop.DBus.Properties.Set \
		string:org.bluez.Adapter1 string:Powered \
		"variant:boolean:$powered" >/dev/null ||
		lab_fail "the adapter does not go $1"
}

# Sticks plug into this.
lab_gadget() {
	lab_udev
	modprobe dummy_hcd is_high_speed=0
	modprobe gadgetfs
	mkdir -p /dev/gadget
	mount -t gadgetfs gadget /dev/gadget
}

# PROGRAM NAME ARGS...: a virtual device; its fifo stays open
device() {
	program=/lab/bin/$1
	name=$2
	shift
	[ -p "$run/$name.in" ] || mkfifo "$run/$name.in"
	start "$name.device" "$program" "$@"
	# it never sees the end of its commands
	sleep infinity >"$run/$name.in" &
	timeout 20 sh -c ': >"$1"' sh "$run/$name.in" ||
		lab_fail "$1 does not take commands"
}

# NAME HCI_INDEX URI [OPTIONS]
lab_strap() { device strap "$@"; }

# NAME URI [OPTIONS]
lab_stick() { device stick "$@"; }

# NAME WORDS...: a command to a virtual device
lab_tell() {
	name=$1
	shift
	lab_say "$name: $*"
	echo "$*" >"$run/$name.in"
}

# NAME PATTERN SECONDS: a line of NAME.log that was not awaited before
lab_await() {
	seen=$(cat "$run/$1.seen" 2>/dev/null || echo 0)
	lab_until "$3" "'$2' from $1" said "$1" "$2" "$seen"
	awk -v seen="$seen" -v pattern="$2" \
		'NR > seen && $0 ~ pattern { print NR; exit }' \
		"$out/$1.log" >"$run/$1.seen"
}

# NAME PATTERN LINES: past its first LINES lines
said() { tail -n +$(($3 + 1)) "$out/$1.log" | grep -qE -- "$2"; }

# --- the daemon and its sessions --------------------------------------------

# ARGS...: the installed lull, as the user
lab_lull() { (as_user lull "$@"); }

lab_daemon() {
	if [ ! -e "$run/session-bus.pid" ]; then
			start session-bus as_user dbus-daemon --session --nofork \
			--nopidfile --address="$bus"
		lab_until 10 "the user's bus" test -S "$run/user/bus"
	fi
	start lulld as_user lulld
	lab_until 20 "lulld" lab_lull status
}

# A heart that beats each 800 ms, as the machine's clock counts them: the judge
# then sees whether the session's stored clock ever jumped.
lab_steady_heart() {
	yes 800 | head -n 400 >"$run/heart.txt"
	: >"$out/steady"
	echo "file:$run/heart.txt"
}

lab_daemon_kill() { finish lulld KILL; }

# SENSOR_URI SECONDS: one session, in the background; "": the sensor that is set
lab_session() {
	session=$(($(cat "$run/session" 2>/dev/null || echo 0) + 1))
	echo $session >"$run/session"
	if [ -e "$run/sound" ]; then
		start "arecord" arecord -q -D hw:Loopback,1,0 -f FLOAT_LE \
			-r 48000 -c 2 "$out/sound.$session.wav"
	fi
	start "session" as_user lull start tension_relief --from 2 \
		--seconds "$2" ${1:+--sensor "$1"} --answers "$run/answers.yaml"
	lab_until 60 "the session to play" playing
	lab_measure
}

# the connection of lulld on the system bus: how many rules it has there
matches() {
	[ -e /run/dbus/system_bus_socket ] || {
		echo 0
		return
	}
	rules=$(dbus-send --system --print-reply --dest=org.freedesktop.DBus \
		/org/freedesktop/DBus \
		org.freedesktop.DBus.Debug.Stats.GetAllMatchRules)
	for name in $(echo "$rules" |
		sed -n 's/.*string "\(:[0-9.]*\)".*/\1/p'); do
		dbus-send --system --print-reply --dest=org.freedesktop.DBus / \
			org.freedesktop.DBus.GetConnectionUnixProcessID \
			"string:$name" 2>/dev/null | grep -q " $1\$" || continue
		echo "$rules" | awk -v name="\"$name\"" '
			/dict entry/ { mine = 0; next }
			$2 == name { mine = 1; next }
			mine && /string "/ { n++ }
			END { print n + 0 }'
		return
	done
	echo 0
}

# T TICKS RSS_KB FDS MATCHES of lulld, into lulld.figures
lab_measure() {
	alive lulld || return 0
	read -r pid <"$run/lulld.pid"
	echo "$(lab_now) $(awk '{ print $14 + $15 }' "/proc/$pid/stat")" \
		"$(awk '/^VmRSS/ { print $2 }' "/proc/$pid/status")" \
		"$(ls "/proc/$pid/fd" | wc -l) $(matches "$pid")" \
		>>"$out/lulld.figures"
}

playing() { lab_lull status | grep -q playing; }

# [SECONDS]: waits for it to end by itself
lab_session_end() {
	lab_until "${1:-900}" "the session to end" gone session
	lab_measure
	finish arecord
}

# --- a scenario -------------------------------------------------------------

carry_out() {
	for name in session arecord hear lulld; do
		finish "$name" || true
	done
	cp "$home/.local/state/lull/lull.db"* "$out" 2>/dev/null || true
	cp -R "$out/." /lab-out
}

mkdir -p "$out" "$home"
[ -s /etc/machine-id ] || tr -d - </proc/sys/kernel/random/uuid >/etc/machine-id
user_exists
trap carry_out EXIT
trap 'exit 1' TERM INT
lab_say "begin"
. "/lab/scenarios/$1.sh"
lab_say "end"
