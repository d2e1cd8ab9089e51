#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The guest's whole root, packed as the file that its kernel unpacks into
# memory: $BUILD/lab/initrd.img. A guest whose clock leaps over idle time must
# not wait for a disk: it would age by seconds at each read.
# What is in it: busybox for the small tools, these programs of Debian's with
# what they link, `make install` of Lull, and the lab itself in /lab.
set -eu
: "${BUILD:=build}"
here=$(cd "$(dirname "$0")" && pwd)
lab=$(cd "$BUILD/lab" && pwd)
root=$lab/root
PATH=$PATH:/usr/sbin:/sbin

programs="dash setpriv kmod dbus-daemon dbus-send dbus-monitor btvirt btmon
	arecord lsusb /lib/systemd/systemd-udevd udevadm
	/usr/libexec/bluetooth/bluetoothd"
voice=$(sed -n 's/^# voice: //p' "$here/../../src/content/phrases/en.labels")
data="$voice /etc/dbus-1 /etc/ld.so.cache /etc/ld.so.conf
	/etc/ld.so.conf.d /etc/nsswitch.conf /etc/passwd /etc/group
	/usr/share/alsa /usr/share/dbus-1 /usr/lib/udev/rules.d"
modules="virtio_pci 9pnet_virtio 9p hci_vhci cmac ecb uhid af_alg algif_hash
	algif_skcipher dummy_hcd libcomposite gadgetfs usb_serial_simple snd_aloop"

# FILE: into the root at its own place, links followed
bring() {
	mkdir -p "$root$(dirname "$1")"
	cp -RL "$1" "$root$1"
}

# PROGRAM: what it links
libraries() { ldd "$1" | sed -n 's|^[^/]*\(/[^ ]*\) (.*|\1|p'; }

skeleton() {
	rm -rf "$root"
	for folder in bin sbin lib lib64; do
		mkdir -p "$root/usr/$folder"
		ln -s "usr/$folder" "$root/$folder"
	done
	mkdir -p "$root/dev" "$root/proc" "$root/sys" "$root/run" \
		"$root/tmp" "$root/root" "$root/lab-out" "$root/lab/bin" \
		"$root/var/lib/bluetooth"
	ln -s /run "$root/var/run"
}

debian() {
	for program in $programs; do
		bring "$(command -v "$program")"
	done
	for path in $data; do
		[ ! -e "$path" ] || bring "$path"
	done
	for name in modprobe lsmod; do
		ln -s kmod "$root/usr/bin/$name"
		ln -s ../bin/kmod "$root/sbin/$name"
	done
	ln -s dash "$root/usr/bin/sh"
	busybox=$(command -v busybox)
	cp "$busybox" "$root/usr/bin/busybox"
	for tool in $("$busybox" --list); do
		[ -e "$root/usr/bin/$tool" ] ||
			ln -s busybox "$root/usr/bin/$tool"
	done
}

kernel_modules() {
	version=$(ls "$lab/kernel/lib/modules")
	cp "$lab/kernel/boot/vmlinuz-$version" "$lab/vmlinuz"
	kept=lib/modules/$version
	mkdir -p "$root/$kept"
	cp "$lab/kernel/$kept"/modules.order \
		"$lab/kernel/$kept"/modules.builtin* "$root/$kept"
	for module in $modules; do
		modprobe -d "$lab/kernel" -S "$version" --show-depends "$module"
	done | sed -n 's/^insmod \([^ ]*\).*/\1/p' | sort -u |
		while read -r file; do
			to=$root/${file#"$lab/kernel/"}
			mkdir -p "$(dirname "$to")"
			cp "$file" "$to"
		done
	depmod -b "$root" "$version"
}

ours() {
	cp -R "$lab/install/." "$root"
	cp -R "$lab/cache" "$root/lab/cache"
	cp -R "$here/guest.sh" "$here/scenarios" "$here/../answers.yaml" \
		"$root/lab"
	cp "$here/soak.sh" "$root/lab/scenarios"
	install -m 755 "$here/init" "$root/init"
	for device in strap stick; do
		[ ! -x "$BUILD/tests/lab/$device" ] ||
			cp "$BUILD/tests/lab/$device" "$root/lab/bin"
	done
}

# and what all of these link
close_over() {
	find "$root" -type f -perm -u+x ! -name '*.ko' | while read -r file; do
		libraries "$file" 2>/dev/null || true
	done | sort -u | while read -r library; do
		[ -e "$root$library" ] || bring "$library"
	done
}

skeleton
debian
kernel_modules
ours
close_over
(cd "$root" && find . | cpio -o -H newc --quiet -R 0:0) >"$lab/initrd.img"
