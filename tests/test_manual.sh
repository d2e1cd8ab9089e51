#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What `lull help` lists, man page and completion name as well: each command,
# and each option of each.
set -u
: "${BUILD:=build}"
LULL=${LULL:-$BUILD/lull}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
bad=0

missing() {
	echo "$1: no $2"
	bad=1
}

# the page as words, its requests and fonts gone, but .TP kept
sed -e 's/\\-/-/g; s/\\f[A-Z]//g; s/\\ / /g; s/\\&//g' \
	-e 's/^\.B[IR]* //; s/^\.RI* //; s/"//g' \
	src/dist/lull.1 >"$folder/page"

# what it says of one command: from the tag that names it to the next tag of a
# command
of_command() {
	awk -v name="$1" '
		tag && /^lull [a-z]/ {
			n = split($0, word, /[^a-z]+/)
			on = 0
			for (i = 2; i <= n; i++)
				if (word[i] == name && (i == 2 || $0 ~ /^lull pause/ ||
				    $0 ~ /^lull diary/))
					on = 1
		}
		{ tag = ($0 == ".TP") }
		on
	' "$folder/page"
}

# what the shell offers behind `lull COMMAND -`
complete() {
	bash -c '. src/dist/lull.bash-completion
		compopt() { :; }
		lull() { return 1; }
		COMP_WORDS=(lull "$0" x -) COMP_CWORD=3
		_lull
		printf "%s\n" "${COMPREPLY[@]}"' "$1"
}

"$LULL" help | awk '/^  [a-z]/ { print $1 }' >"$folder/commands"
[ "$(wc -l <"$folder/commands")" -gt 30 ] || missing help commands
while read -r command; do
	of_command "$command" >"$folder/said"
	[ -s "$folder/said" ] || missing lull.1 "lull $command"
	grep -qw -- "$command" src/dist/lull.bash-completion ||
		missing completion "$command"
	"$LULL" "$command" --help |
		awk '/^  -/ { print $1 }' >"$folder/options"
	complete "$command" >"$folder/completed"
	while read -r option; do
		grep -q -e "$option\\b" "$folder/said" ||
			missing "lull.1, lull $command" "$option"
		grep -q -e "$option\\b" "$folder/completed" ||
			missing "completion of lull $command" "$option"
	done <"$folder/options"
done <"$folder/commands"
exit $bad
