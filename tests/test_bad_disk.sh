#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A full and a read-only disk are said in one plain line, and nothing that was
# stored before is lost. The disk is mounted where only this test sees it.
set -eu
: "${BUILD:=build}"
if [ -z "${LULL_BAD_DISK:-}" ]; then
	if ! unshare -rm mount -t tmpfs tmpfs /mnt 2>/dev/null; then
		echo "skipped: no disk may be mounted here"
		exit 0
	fi
	LULL_BAD_DISK=1 exec unshare -rm sh "$0"
fi
lull=$BUILD/lull
folder=$(mktemp -d)
disk=$folder/disk
finish() {
	umount "$disk" 2>/dev/null || :
	rm -rf "$folder"
}
trap finish EXIT
. tests/helpers/refused.sh
export XDG_STATE_HOME="$disk" XDG_CONFIG_HOME="$folder/config" \
	XDG_DATA_HOME="$folder/data" XDG_CACHE_HOME="$folder/cache"
mkdir "$disk"
mount -t tmpfs -o size=700k tmpfs "$disk"

render="$lull render tension_relief --no-voice --seconds 5"
whole() { "$lull" replay 1 | grep -q identical; }

$render --save >/dev/null
whole
dd if=/dev/zero of="$disk/fill" bs=1k 2>/dev/null || :
refused 1 'the disk is full' $render --save
refused 1 'No space left' $render --events "$disk/e.jsonl"
[ ! -e "$disk/e.jsonl" ]
refused 1 'No space left' $render -o "$disk/e.wav"
whole
rm "$disk/fill"
mount -o remount,ro "$disk"
refused 1 'cannot be written' $render --save
refused 1 'cannot be written' "$lull" seen
refused 1 'Read-only' $render --events "$disk/e.jsonl"
whole
