/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/recording.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/analyze_print.h"
#include "cli/out.h"
#include "player/derive.h"

static json_t *figures_json(const struct analysis *a)
{
	struct text x = {0};
	char *line = NULL;
	json_t *o;

	analyze_fields_kept(&x, a);
	if (text_take(&x, &line) < 0)
		return NULL;
	o = json_loads(line, 0, NULL);
	free(line);
	return o;
}

static int print_json(const struct store_session *row, const struct analysis *a)
{
	return out_json(json_pack(
		"{sI ss ss ss so sI so}", "id", (json_int_t)row->id, "start",
		row->start, "sensor", row->sensor, "recording", row->recording,
		"seconds", out_real(row->seconds), "beats",
		(json_int_t)row->beats, "figures", figures_json(a)));
}

int recording_show(struct store *s, const struct store_session *row, bool json)
{
	const struct analyze_settings usual = {
		.from_s = NAN, .to_s = NAN, .window_s = NAN, .step_s = NAN};
	struct analysis a = {.file = NULL};
	struct analyze_result result = {.path = row->sensor, .at = &a, .n = 1};
	struct error error = {""};
	char date[32];
	int r = derive_figures(s, row->id, &a, &error);

	if (r < 0)
		return out_fail("show: %s", error.text);
	if (json)
		return print_json(row, &a);
	a.file = row->sensor;
	a.format = row->recording;
	printf("recording %lld%s%s\n", (long long)row->id,
	       row->start[0] ? " of " : "",
	       row->start[0] ? out_date(date, sizeof(date), row->start) : "");
	analyze_print(&result, &usual);
	return OUT_DONE;
}
