#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs each bench named; a MISS in any makes the whole fail.
set -u
status=0
for bench in "$@"; do
	echo "== $(basename "$bench")"
	"$bench" || status=1
done
for bench in programs daemon sound; do
	echo "== $bench"
	sh "tests/bench/$bench.sh" || status=1
done
exit $status
