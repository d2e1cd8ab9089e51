#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# `lull` loads nothing that makes sound, and finds `lull-full`, which does,
# beside it and in libexec, with its content, wherever both were moved to. The
# udev rule gives both sticks to who sits at the machine and to a group, to
# nobody else, and comes before the rules that act on its tag.
set -eu
: "${BUILD:=build}"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
unset LULL_CONTENT

if ldd "$BUILD/lull" | grep -E 'flite|HTS|portaudio|sndfile|soxr|ebur128'; then
	echo "lull loads these at each start"
	exit 1
fi
"$BUILD/lull" render --help | grep -q '^usage: lull render'
mkdir -p "$folder/bin" "$folder/libexec/lull" "$folder/share/lull"
cp "$BUILD/lull" "$folder/bin"
if "$folder/bin/lull" voice texts 2>"$folder/said"; then
	echo "there is no lull-full"
	exit 1
fi
grep -q '^lull: voice: lull-full: .*make install' "$folder/said"
cp "$BUILD/lull-full" "$folder/libexec/lull"
cp -R src/content "$folder/share/lull/content"
sed -i 's/"Just breathe."/"Moved away."/' \
	"$folder/share/lull/content/phrases/en.yaml"
"$folder/bin/lull" voice texts | grep -q 'Moved away\.$'

rule=$(grep -v '^#' src/dist/70-lull.rules)
[ "$(printf '%s\n' 70-lull.rules 73-seat-late.rules | sort | head -n 1)" = \
	70-lull.rules ]
for word in 'ATTR{idVendor}=="0fcf"' 'ATTR{idProduct}=="1008|1009"' \
	'TAG+="uaccess"' 'GROUP="plugdev"' 'MODE="0660"'; do
	echo "$rule" | grep -qF "$word" || {
		echo "70-lull.rules: no $word"
		exit 1
	}
done
