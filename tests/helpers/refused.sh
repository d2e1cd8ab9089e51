# SPDX-License-Identifier: GPL-3.0-or-later
# To be read in by a test script; $folder is its own.

# STATUS WANTED-IN-THE-LINE COMMAND...: one plain line, and that status
refused() {
	want=$1 words=$2
	shift 2
	got=0
	timeout 20 "$@" >"$folder/out" 2>"$folder/err" </dev/null || got=$?
	[ -z "${VERBOSE:-}" ] || sed 's/^/    /' "$folder/err"
	if [ "$got" != "$want" ] || [ "$(wc -l <"$folder/err")" != 1 ] ||
		! grep -q "^lull" "$folder/err" ||
		! grep -q -- "$words" "$folder/err"; then
		echo "$*: status $got, not $want with one line that says" \
			"'$words':"
		cat "$folder/err"
		exit 1
	fi
}
