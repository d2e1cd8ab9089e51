#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Each test that HACKING.md names for a failure of a radio is there and is run:
# its name stands where it is written and where it is listed.
set -eu
section='Each failure of a radio has its test'
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
sed -n "/^## $section/,/^## /p" HACKING.md | grep -o '`[a-z][a-z0-9_]*`' |
	tr -d '`' | LC_ALL=C sort -u >"$folder/named"
grep -oh '[a-z][a-z0-9_]*' tests/test_*.c | LC_ALL=C sort |
	uniq -d >"$folder/there"
[ "$(wc -l <"$folder/named")" -gt 50 ]
missing=$(LC_ALL=C comm -23 "$folder/named" "$folder/there")
if [ -n "$missing" ]; then
	echo "named in HACKING.md, and no tests:" $missing
	exit 1
fi
