#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Word error rate of a recogniser (Debian's pocketsphinx, a weak one) over all
# full phrases as the voice says them, and again through the chain of the
# migraine mode: low-passed at 3 kHz, and as loud as the other, since how loud it
# is has its listener set. Lists the ten worst.
#
#   tests/wer.sh [full|brief|minimal]    limits: 15 %, and 5 points more
set -eu
: "${BUILD:=build}" "${LIMIT:=15}" "${LIMIT_MORE:=5}"
variant=${1:-full}
model=/usr/share/pocketsphinx/model/en-us
temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT

# NAME<TAB>TEXT of each phrase: the stop screens' two other lengths and
# variants are the same words
"$BUILD/lull" voice texts |
	awk -F '\t' -v v="$variant" '$1 ~ "\\." v "(\\.[0-9])?$"' >"$temp/texts"

"$BUILD/tests/tools/clips" "$temp" <"$temp/texts"

hear() { # folder: a line `words (NAME ...)` each
	cut -f 1 "$temp/texts" >"$temp/names"
	pocketsphinx_batch -adcin yes -cepdir "$1" -cepext .wav \
		-ctl "$temp/names" -hmm "$model/en-us" \
		-lm "$model/en-us.lm.bin" -dict "$model/cmudict-en-us.dict" \
		-hyp "$1/heard" >"$1/log" 2>&1
}

# Source: NIST's definition: (substituted + left out + put in) / spoken words.
# Before they are compared, both sides are spelled alike, as NIST does it: of
# numbers the words that are said, of a word that has two spellings one. A word
# that only sounds like the right one is wrong.
score() { # folder, title
	awk -v title="$2" -v sorted="sort -k1,1nr | head -n 10" '
	BEGIN {
		split("zero one two three four five six seven eight nine " \
			"ten eleven twelve thirteen fourteen fifteen " \
			"sixteen seventeen eighteen nineteen", small, " ")
		split("- twenty thirty forty fifty sixty seventy eighty " \
			"ninety", tens, " ")
	}
	function number(n) {
		if (n == 112)
			return "one one two"
		if (n >= 100)
			return small[int(n / 100) + 1] " hundred " \
				(n % 100 ? number(n % 100) : "")
		if (n >= 20)
			return tens[int(n / 10)] " " \
				(n % 10 ? number(n % 10) : "")
		return small[n + 1]
	}
	function words(text, w,   n, a, i, m) {
		text = " " tolower(text) " "
		gsub(/[^a-z0-9\x27]+/, " ", text)
		gsub(/fingertip/, "finger tip", text)
		gsub(/painkiller/, "pain killer", text)
		gsub(/ anytime /, " any time ", text)
		gsub(/ onto /, " on to ", text)
		gsub(/ tumour/, " tumor", text)
		while (match(text, /[0-9]+/))
			text = substr(text, 1, RSTART - 1) \
				number(substr(text, RSTART, RLENGTH) + 0) \
				substr(text, RSTART + RLENGTH)
		n = split(text, a, " ")
		m = 0
		for (i = 1; i <= n; i++)
			w[++m] = a[i]
		return m
	}
	function least(a, b) { return a < b ? a : b }
	function errors(said, heard,   s, h, n, m, i, j, d) {
		n = words(said, s)
		m = words(heard, h)
		spoken = n
		for (j = 0; j <= m; j++)
			d[0, j] = j
		for (i = 1; i <= n; i++) {
			d[i, 0] = i
			for (j = 1; j <= m; j++)
				d[i, j] = least(d[i-1, j-1] + (s[i] != h[j]),
					least(d[i-1, j], d[i, j-1]) + 1)
		}
		return d[n, m]
	}
	FNR == NR { split($0, part, "\t"); said[part[1]] = part[2]; next }
	{
		name = $0
		sub(/.*\(/, "", name)
		sub(/ .*/, "", name)
		heard = $0
		sub(/ *\([^()]*\)$/, "", heard)
		wrong = errors(said[name], heard)
		total += spoken
		bad += wrong
		worst[name] = sprintf("%5.1f %%  %s: \"%s\" heard as \"%s\"",
			100 * wrong / spoken, name, said[name], heard)
	}
	END {
		printf "%s: %d phrases, %d words, word error %.1f %%\n", title,
			FNR, total, 100 * bad / total
		for (name in worst)
			print worst[name] | sorted
		close(sorted)
	}' "$temp/texts" "$1/heard"
}

share() { sed -n 's/.*word error \([0-9.]*\) %.*/\1/p' "$1"; }

for how in plain dark; do
	hear "$temp/$how"
done
score "$temp/plain" "$variant" | tee "$temp/plain.score"
score "$temp/dark" "$variant, low-passed at 3 kHz" | tee "$temp/dark.score"
awk -v a="$(share "$temp/plain.score")" -v b="$(share "$temp/dark.score")" \
	-v limit="$LIMIT" -v more="$LIMIT_MORE" 'BEGIN {
	if (a > limit) print "MISS: over " limit " %"
	if (b > a + more) print "MISS: more than " more " points worse"
	exit a > limit || b > a + more
}'
