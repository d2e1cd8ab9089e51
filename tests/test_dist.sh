#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The udev rule gives both sticks to who sits at the machine and to a group, to
# nobody else, and comes before the rules that act on its tag.
set -eu
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
