#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Makes the labels of English anew: how each text of phrases/en.yaml is spoken
# (audio/voice_labels.h). Wants festival with festvox-us-slt-hts, and a built
# lull; holds our labels against festival's own before it replaces the file.
#
# Another language: its festival voice, its .htsvoice file and its name.
set -eu
: "${BUILD:=build}" "${LANGUAGE:=en}" "${FESTIVAL_VOICE:=cmu_us_slt_arctic_hts}"
: "${VOICE_FILE:=/usr/share/festival/voices/us/cmu_us_slt_arctic_hts/hts/cmu_us_slt_arctic_hts.htsvoice}"

here=src/content
labels=$here/phrases/$LANGUAGE.labels
temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT

LC_ALL=C
export LC_ALL
LULL_LANGUAGE=$LANGUAGE "$BUILD/lull" voice texts | cut -f 2 | sort -u \
	>"$temp/texts"
# as strings of Scheme
sed 's/[\\"]/\\&/g; s/.*/"&"/' "$temp/texts" >"$temp/texts.scm"
cat >"$temp/run.scm" <<EOF
(voice_$FESTIVAL_VOICE)
(set! TEXTS "$temp/texts.scm")
(set! SPOKEN "$temp/spoken")
(set! FULL "$temp/full")
(load "$here/labels.scm")
EOF
festival --batch "$temp/run.scm"
"$BUILD/tests/tools/same_labels" "$temp/spoken" "$temp/full"
{
	echo "# SPDX-License-Identifier: GPL-3.0-or-later"
	echo "#"
	echo "# Made by 'make labels' of phrases/$LANGUAGE.yaml: TEXT, a tab," \
		"how it is spoken"
	echo "# (audio/voice_label.h)."
	echo "# voice: $VOICE_FILE"
	cat "$temp/spoken"
} >"$labels.new"
mv "$labels.new" "$labels"
echo "$labels: $(wc -l <"$temp/spoken") texts"
