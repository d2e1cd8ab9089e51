# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh
# few_words FOLDER: our content there, but for what is said: each text is one of
# six that it has. Who tests how sound comes out, and not which words, so waits
# for six clips and not for hundreds.
few_words() {
	mkdir -p "$1/phrases"
	for part in "$PWD"/src/content/*.yaml "$PWD/src/content/routines"; do
		ln -s "$part" "$1"
	done
	ln -s "$PWD/src/content/phrases/en.labels" "$1/phrases"
	awk '
	BEGIN { n = 0 }
	/^[^ #-]/ { spoken = /^(cues|techniques|questions):/ }
	!/^    / { folded = 0 }
	folded { next }
	spoken && (/"[^"]+"/ || />-$/) {
		folded = />-$/
		if (!folded && n < 6) {
			text[n] = $0
			sub(/^[^"]*/, "", text[n])
		}
		sub(/".*|>-$/, "")
		$0 = $0 text[n++ % 6]
	}
	{ print }' src/content/phrases/en.yaml >"$1/phrases/en.yaml"
}
