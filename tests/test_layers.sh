#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The layers check passes on the tree, and fails on each planted include.
set -eu

sh tests/layers.sh .
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

plant() { # FILE INCLUDE: must be refused
	mkdir -p "$folder/$(dirname "$1")"
	echo "#include $2" >"$folder/$1"
	if sh tests/layers.sh "$folder" >/dev/null 2>&1; then
		echo "a planted $2 in $1 was not found"
		exit 1
	fi
	rm "$folder/$1"
}
plant signal/x.c '"drivers/sensor.h"'
plant signal/x.c '"session/event.h"'
plant drivers/x.c '"signal/window.h"'
plant audio/x.c '"signal/beat.h"'
plant audio/x.c '"base/log.h"'
plant src/session/x.c '"player/player.h"'
plant src/session/x.c '"drivers/sensor.h"'
plant src/store/x.c '"session/event.h"'
plant src/base/x.c '"store/store.h"'
plant src/cli/x.c '"daemon/app.h"'
plant drivers/x.c '<gsl/gsl_math.h>'
plant drivers/strap.c '<systemd/sd-bus.h>'
plant src/player/x.c '<sqlite3.h>'
plant audio/mixer.c '<portaudio.h>'
plant src/session/x.c '<yaml.h>'
plant drivers/strap.c '<libusb-1.0/libusb.h>'
plant drivers/strap.c '<systemd/sd-event.h>'
mkdir -p "$folder/drivers"
echo '#include "signal/beat.h"' >"$folder/drivers/x.c"
sh tests/layers.sh "$folder"
