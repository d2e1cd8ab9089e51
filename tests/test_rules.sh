#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Each rule of the coach has its row in HACKING.md, each test named there is
# there and is run, and `lull why` has a sentence for each decision.
set -eu
section='Each rule has its test'
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
sed -n "/^## $section/,/^## /p" HACKING.md >"$folder/section"
failed=0
fail()
{
	echo "$*"
	failed=1
}

n=1
while [ "$n" -le 15 ]; do
	grep -q "^- R$n [a-z].*: \`r${n}_" "$folder/section" ||
		fail "HACKING.md: no test of its own for R$n"
	n=$((n + 1))
done

grep -o '`[a-z][a-z0-9_]*`' "$folder/section" | tr -d '`' |
	LC_ALL=C sort -u >"$folder/named"
grep -oh '[a-z][a-z0-9_]*' tests/test_*.c | LC_ALL=C sort |
	uniq -d >"$folder/there"
missing=$(LC_ALL=C comm -23 "$folder/named" "$folder/there")
[ -z "$missing" ] || fail "named in HACKING.md, and no tests:" $missing

# RULE "word" of each decision, in whichever way its call is broken in lines
decisions()
{
	cat src/session/*.c | tr -d '\n\t' |
		grep -oE '(machine_decide|walk_figures|walk_end|loop|hands_away)\([^;]*;' |
		sed "s/FIGURES.*//" | grep -o '"[a-z_]*"' |
		tr -d '"' | LC_ALL=C sort -u
}
decisions >"$folder/decided"
[ "$(wc -l <"$folder/decided")" -gt 20 ] ||
	fail "too few decisions were found in src/session"
grep -o '{ *[0-9]*, "[a-z_]*"' src/cli/why_text.c | grep -o '[a-z_]*"$' |
	tr -d '"' | LC_ALL=C sort -u >"$folder/told"
untold=$(LC_ALL=C comm -23 "$folder/decided" "$folder/told")
[ -z "$untold" ] || fail "src/cli/why_text.c has no sentence for:" $untold
exit "$failed"
