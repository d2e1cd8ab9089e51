#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Migraine mode over a whole session: as much softer and darker as it promises,
# and nothing in it begins at once.
set -eu
: "${BUILD:=build}"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export XDG_DATA_HOME="$folder/data" XDG_CACHE_HOME="$PWD/$BUILD/test-cache"

# render NAME OPTION...: the same session each time
render() {
	name=$1
	shift
	"$BUILD/lull" render tension_relief --person 1 \
		--answers tests/answers.yaml -o "$folder/$name.wav" "$@"
}

render normal
# noise rises and falls by chance: its slope is test_pacer's
render gentle --migraine --pacer breath
"$BUILD/tests/tools/gentle" "$folder/normal.wav" "$folder/gentle.wav"
for pacer in tone bow; do
	render gentle --migraine --pacer "$pacer"
	render wordless --migraine --pacer "$pacer" --voice none
	"$BUILD/tests/tools/gentle" "$folder/normal.wav" \
		"$folder/gentle.wav" "$folder/wordless.wav"
done
