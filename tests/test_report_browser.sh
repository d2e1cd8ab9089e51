#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The report as a browser has it: it asks for nothing, its policy lets its style
# through, it is no wider than the screen, prints on two sheets of A4 and of
# Letter, and axe-core finds nothing. Skips without Chromium and Node; axe-core
# is taken from AXE_CORE (axe.min.js) or npm's global folder, where it is.
# KEEP=FOLDER keeps the screenshots and prints.
set -eu
: "${BUILD:=build}"
here=$(pwd)
lull=$here/$BUILD/lull

chromium=$(command -v chromium || command -v chromium-browser ||
	command -v google-chrome || true)
if [ -z "$chromium" ] || ! command -v node >/dev/null 2>&1; then
	echo "skipped: no chromium, or no node, to open the report with"
	exit 0
fi
axe=${AXE_CORE:-}
if [ -z "$axe" ] && command -v npm >/dev/null 2>&1; then
	axe=$(npm root -g)/axe-core/axe.min.js
fi
if [ ! -f "$axe" ]; then
	echo "skipped: no axe-core: the rest is looked at"
	axe=
fi

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export HOME="$folder" XDG_STATE_HOME="$folder/state" \
	XDG_CONFIG_HOME="$folder/config" XDG_DATA_HOME="$folder/data" \
	XDG_CACHE_HOME="$folder/cache"

# A year of days, and a session on most of the last 200: what fills a report.
diary() {
	echo 'date,headache,worst,hours,side,quality,nausea,medicine'
	for ago in $(seq 363 -1 0); do
		day=$(date -d "-$ago days" +%F)
		case $((ago * 7919 % 11)) in
		0) echo "$day,yes,8,6,left,throbbing,yes,\"sumatriptan <b>&\"" ;;
		[12]) echo "$day,yes,4,2,,,,ibuprofen" ;;
		3) [ $ago -lt 200 ] || echo "$day,yes,6,3,,,,naproxen" ;;
		*) echo "$day,no,,,,,," ;;
		esac
	done
}
sessions() {
	echo 'BEGIN;'
	for ago in $(seq 199 -1 0); do
		[ $((ago % 4)) -ne 0 ] || continue
		day=$(date -d "-$ago days" +%F)
		hour=$((ago % 3 * 6 + 8))
		echo "INSERT INTO session(start, start_s, routine, sensor,
			simulated, result, seconds, hr_before, hr_after,
			rmssd_before, rmssd_after, headache_before,
			headache_after, had, first_line)
			VALUES('${day}T$(printf %02d $hour):00:00+00:00',
			$(date -d "$day $hour:00" +%s),
			'$([ $((ago % 7)) -eq 0 ] && echo '<img src=//x>' ||
				echo tension_relief)', 'ble:', 0, 'completed',
			900, 66 + $((ago * 37 % 9)), 64 + $((ago * 53 % 9)),
			30 + $((ago * 31 % 11)), 33 + $((ago * 41 % 11)),
			4, 3, '$([ $((ago % 5)) -eq 0 ] && echo caffeine,meal ||
				echo none)', '');
			INSERT INTO technique_use SELECT max(id), seq, technique
			FROM session, (SELECT seq, technique FROM technique_use
			WHERE session = 1) GROUP BY seq;
			INSERT INTO event SELECT (SELECT max(id) FROM session),
			seq, t_us, kind, line FROM event WHERE session = 1
			AND kind = 'decision';"
	done
	# a trial that is over: what it came to stands on the person's page
	echo "INSERT INTO trial(seed, start, weeks, pairs, first_arm, second_arm)
		VALUES(1, $(($(date +%s) / 86400 - 340)), 4, 6,
		'tension_relief', '<img src=//x>');"
	echo 'COMMIT;'
}
"$lull" render tension_relief --person 1 --no-voice --save >/dev/null
diary >"$folder/diary.csv"
"$lull" diary import "$folder/diary.csv" >/dev/null
if ! command -v sqlite3 >/dev/null 2>&1; then
	echo "skipped: no sqlite3: a report without sessions is looked at"
else
	sessions | sqlite3 "$folder/state/lull/lull.db"
fi
"$lull" report -o "$folder/report.html"

node tests/report_browser.js "$chromium" "$folder/report.html" "$folder" \
	$axe >"$folder/facts"
cat "$folder/facts"
[ -z "${KEEP:-}" ] || cp "$folder"/*.png "$folder"/*.pdf "$KEEP"
for fact in 'overflow screen: false' 'overflow phone: false' 'sheets A4: 2' \
	'sheets Letter: 2'; do
	grep -qxF "$fact" "$folder/facts"
done
! grep -E '^(request|complaint|failed)' "$folder/facts"
[ -z "$axe" ] || [ "$(grep -cx 'axe .*: clean' "$folder/facts")" -eq 3 ]
