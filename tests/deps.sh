#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs the Debian packages named that are missing; says what it installs;
# does nothing where nothing is missing, and elsewhere names what is wanted.
set -eu

if ! command -v dpkg-query >/dev/null 2>&1; then
	if command -v pkg-config >/dev/null 2>&1 &&
		pkg-config --exists gsl sndfile soxr libebur128 portaudio-2.0 \
			sqlite3 yaml-0.1 jansson libsystemd libusb-1.0; then
		exit 0
	fi
	echo "lull: this is no Debian: wanted are what these packages hold:" >&2
	echo "  $*" >&2
	exit 1
fi

missing=
for package in "$@"; do
	state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null ||
		true)
	[ "$state" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

as_root=
if [ "$(id -u)" != 0 ]; then
	if ! command -v sudo >/dev/null 2>&1; then
		echo "lull: missing:$missing" >&2
		echo "lull: run as root: apt-get install$missing" >&2
		exit 1
	fi
	as_root=sudo
fi
echo "installing:$missing"
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get -qq update
$as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y \
	-o Dpkg::Use-Pty=0 --no-install-recommends install $missing >/dev/null
