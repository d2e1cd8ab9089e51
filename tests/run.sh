#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs each test program and script named; its output is shown when it fails
# (and always with VERBOSE=1). WRAP goes before each program (valgrind).
set -u
: "${BUILD:=build}"
export BUILD LULL="$BUILD/lull" LULLD="$BUILD/lulld"

passed=0
failed=0
skipped=0
log=$(mktemp)
count() { grep "^\[$1\] [a-z]" "$log" | sort -u | wc -l; }
trap 'rm -f "$log"' EXIT
for test in "$@"; do
	case $test in
	*.sh) sh "$test" >"$log" 2>&1 ;;
	*) ${WRAP:-} "$test" >"$log" 2>&1 ;;
	esac
	status=$?
	# cmocka names the skipped and the failed a second time, in a list
	ok=$(count '       OK ')
	skip=$(count '  SKIPPED ')
	bad=$(count '  FAILED  ')
	# a script counts as one test
	[ "$ok$bad" != 00 ] || ok=1
	if [ $status -ne 0 ]; then
		[ "$bad" != 0 ] || bad=1
		cat "$log"
		echo "FAILED $test (status $status)"
	else
		bad=0
		[ -z "${VERBOSE:-}" ] || cat "$log"
		grep '^skipped:' "$log" | sort -u
		echo "ok $test ($ok)"
	fi
	passed=$((passed + ok))
	skipped=$((skipped + skip))
	failed=$((failed + bad))
done
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]
