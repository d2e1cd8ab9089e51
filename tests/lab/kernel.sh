#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The lab's kernel: Debian's own, fetched once, unpacked in $BUILD/lab/kernel
# and never installed.
set -eu
: "${BUILD:=build}"
lab=$(mkdir -p "$BUILD/lab" && cd "$BUILD/lab" && pwd)
tree=$lab/kernel
PATH=$PATH:/usr/sbin:/sbin

# the package that Debian's linux-image-amd64 stands for
newest() {
	apt-cache show --no-all-versions linux-image-amd64 2>/dev/null |
		sed -n 's/^Depends: \([^ ,]*\).*/\1/p'
}

refresh_lists() {
	if [ "$(id -u)" = 0 ]; then
		apt-get -qq update
	else
		sudo apt-get -qq update
	fi
}

[ ! -d "$tree" ] || exit 0
package=$(newest)
if [ -z "$package" ]; then
	refresh_lists
	package=$(newest)
fi
echo "lab: fetching $package"
rm -rf "$lab/fetched" "$tree.part"
mkdir -p "$lab/fetched"
cd "$lab/fetched"
apt-get -qq download "$package" 2>/dev/null || {
	refresh_lists
	apt-get -qq download "$package"
}
dpkg -x ./*.deb "$tree.part"
depmod -b "$tree.part" "$(ls "$tree.part/lib/modules")"
rm -rf "$lab/fetched"
mv "$tree.part" "$tree"
