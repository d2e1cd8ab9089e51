/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "player/analyze_fields.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "session/session.h"
#include "signal/detrend.h"

/* When a field has a value at all. */
enum known {
	KNOWN,    /* always; a NAN is none */
	CLEANED,  /* unless raw */
	DIFFERED, /* where there are differences */
	WINDOWED, /* the key itself is only there with windows */
};

struct field {
	const char *group; /* NULL: at the top; fields of one stand together */
	const char *name;
	enum { COUNT, BOOL, REAL } type;
	enum known known;
	size_t offset; /* in struct analysis */
};

#define AT(member) offsetof(struct analysis, member)
#define TOP(name, type, member)                                                \
	{                                                                      \
		NULL, #name, type, KNOWN, AT(member)                           \
	}
#define ARTIFACT(name, type, what)                                             \
	{                                                                      \
		"artifacts", #name, type, CLEANED, AT(hrv.artifacts.what)      \
	}
#define DIFF(name, type)                                                       \
	{                                                                      \
		NULL, #name, type, DIFFERED, AT(hrv.time.name)                 \
	}
#define TIME(name) TOP(name, REAL, hrv.time.name)
#define BAND(of, name)                                                         \
	{                                                                      \
#of, #name, REAL, KNOWN, AT(by.of.name)                        \
	}
#define BANDS(of)                                                              \
	BAND(of, vlf_ms2), BAND(of, lf_ms2), BAND(of, hf_ms2),                 \
		BAND(of, total_ms2), BAND(of, lf_hf), BAND(of, lf_nu),         \
		BAND(of, hf_nu), BAND(of, vlf_peak_hz), BAND(of, lf_peak_hz),  \
		BAND(of, hf_peak_hz)

/* clang-format off */
static const struct field fields[] = {
	{NULL, "from_s", REAL, WINDOWED, AT(from_s)},
	{NULL, "to_s", REAL, WINDOWED, AT(to_s)},
	TOP(beats, COUNT, hrv.beats),
	TOP(duration_s, REAL, hrv.duration_s),
	ARTIFACT(missed, COUNT, missed),
	ARTIFACT(extra, COUNT, extra),
	ARTIFACT(ectopic, COUNT, ectopic),
	ARTIFACT(long_short, COUNT, long_short),
	ARTIFACT(rejected, COUNT, rejected),
	ARTIFACT(percent, REAL, percent),
	ARTIFACT(refused, BOOL, refused),
	TIME(mean_nn_ms), TIME(sdnn_ms), TIME(rmssd_ms), TIME(sdsd_ms),
	DIFF(nn50, COUNT), TIME(pnn50_pct),
	DIFF(nn20, COUNT), TIME(pnn20_pct),
	TIME(mean_hr_bpm), TIME(mean_inst_hr_bpm),
	TIME(sd1_ms), TIME(sd2_ms),
	TOP(triangular_index, REAL, hrv.geometry.triangular_index),
	TOP(tinn_ms, REAL, hrv.geometry.tinn_ms),
	TOP(stress_index, REAL, by.stress_index),
	TOP(stress_index_sqrt, REAL, by.stress_index_sqrt),
	BANDS(welch),
	BANDS(lomb),
	TOP(sample_entropy, REAL, hrv.sample_entropy),
	TOP(dfa_alpha1, REAL, hrv.dfa_alpha1),
	{"coherence", "ratio", REAL, KNOWN, AT(hrv.coherence.ratio)},
	{"coherence", "peak_hz", REAL, KNOWN, AT(hrv.coherence.peak_hz)},
	TOP(breathing_per_min, REAL, hrv.breathing_per_min),
};
/* clang-format on */
#define FIELDS (sizeof(fields) / sizeof(fields[0]))

static bool is_there(const struct field *f, const struct analyze_settings *s)
{
	return f->known != WINDOWED || !isnan(s->window_s);
}

static bool is_known(const struct field *f, const struct analysis *a,
                     const struct analyze_settings *s)
{
	switch (f->known) {
	case CLEANED:
		return !s->raw;
	case DIFFERED:
		return a->hrv.time.n_diff > 0;
	case KNOWN:
	case WINDOWED:
		break;
	}
	return true;
}

/* Without a value: @none. */
static void put_value(struct text *x, const struct field *f,
                      const struct analysis *a,
                      const struct analyze_settings *s, const char *none)
{
	const char *at = (const char *)a + f->offset;
	double real = NAN;
	size_t count;

	if (!is_known(f, a, s)) {
		text_raw(x, none);
		return;
	}
	switch (f->type) {
	case BOOL:
		text_raw(x, *(const bool *)(const void *)at ? "true" : "false");
		return;
	case COUNT:
		memcpy(&count, at, sizeof(count));
		text_integer(x, (int64_t)count);
		return;
	case REAL:
		memcpy(&real, at, sizeof(real));
		break;
	}
	if (isfinite(real))
		text_number(x, real);
	else
		text_raw(x, none);
}

static void put_setting(struct text *x, const char *name, double value)
{
	text_raw(x, ",\"");
	text_raw(x, name);
	text_raw(x, "\":");
	text_number(x, value);
}

static const char *detrend_name(enum hrv_detrend d)
{
	return d == HRV_DETREND_PRIORS ? "priors" : "none";
}

/* What another would need to get the same figures. */
static void put_settings(struct text *x, const struct analysis *a,
                         const struct analyze_settings *s)
{
	text_raw(x, ",\"settings\":{\"engine\":");
	text_string(x, SESSION_ENGINE);
	text_raw(x, ",\"format\":");
	text_string(x, a->format);
	text_raw(x, ",\"raw\":");
	text_raw(x, s->raw ? "true" : "false");
	text_raw(x, ",\"detrend\":");
	text_string(x, detrend_name(s->detrend));
	put_setting(x, "from_s", s->from_s);
	put_setting(x, "to_s", s->to_s);
	put_setting(x, "window_s", s->window_s);
	put_setting(x, "step_s", s->step_s);
	put_setting(x, "priors_lambda", DETREND_LAMBDA);
	put_setting(x, "spline_hz", 4);
	put_setting(x, "welch_segment_s", 256);
	put_setting(x, "welch_overlap", 0.5);
	put_setting(x, "entropy_m", 2);
	put_setting(x, "entropy_r_sd", 0.2);
	text_raw(x, ",\"dfa_boxes\":[4,16]");
	put_setting(x, "coherence_s", COHERENCE_SPAN_S);
	text_raw(x, "}");
}

/* Behind each other, the first behind @between. */
static void put_fields(struct text *x, const struct analysis *a,
                       const struct analyze_settings *s, const char *between)
{
	const char *group = NULL;

	for (size_t i = 0; i < FIELDS; i++) {
		const struct field *f = &fields[i];

		if (!is_there(f, s))
			continue;
		if (group && (!f->group || strcmp(group, f->group) != 0))
			text_raw(x, "}");
		text_raw(x, between);
		between = ",";
		if (f->group && (!group || strcmp(group, f->group) != 0)) {
			text_string(x, f->group);
			text_raw(x, ":{");
		}
		group = f->group;
		text_string(x, f->name);
		text_raw(x, ":");
		put_value(x, f, a, s, "null");
	}
}

void analyze_fields_json(struct text *x, const struct analysis *a,
                         const struct analyze_settings *s)
{
	text_raw(x, "{\"file\":");
	text_string(x, a->file);
	put_fields(x, a, s, ",");
	put_settings(x, a, s);
	text_raw(x, "}");
}

/* --- kept figures -----------------------------------------------------------
 */

static const struct analyze_settings usual = {
	.from_s = NAN, .to_s = NAN, .window_s = NAN, .step_s = NAN};

void analyze_fields_kept(struct text *x, const struct analysis *a)
{
	text_raw(x, "{");
	put_fields(x, a, &usual, "");
	text_raw(x, "}");
}

/* What is null stays 0 or NAN, as it was. */
static bool take_value(const json_t *value, const struct field *f,
                       struct analysis *ret)
{
	char *at = (char *)ret + f->offset;
	double real = json_number_value(value);
	size_t count = (size_t)json_integer_value(value);
	bool yes = json_is_true(value);

	if (json_is_null(value))
		return true;
	switch (f->type) {
	case BOOL:
		memcpy(at, &yes, sizeof(yes));
		return json_is_boolean(value);
	case COUNT:
		memcpy(at, &count, sizeof(count));
		return json_is_integer(value) && json_integer_value(value) >= 0;
	case REAL:
		memcpy(at, &real, sizeof(real));
		return json_is_number(value);
	}
	return false;
}

static void blank(struct analysis *ret)
{
	const double none = NAN;

	for (size_t i = 0; i < FIELDS; i++)
		if (fields[i].type == REAL)
			memcpy((char *)ret + fields[i].offset, &none,
			       sizeof(none));
}

int analyze_fields_read(const char *line, struct analysis *ret)
{
	json_t *o = json_loads(line, 0, NULL);
	struct analysis a = {.file = ret->file, .format = ret->format};
	bool ok = o != NULL;

	blank(&a);
	for (size_t i = 0; ok && i < FIELDS; i++) {
		const struct field *f = &fields[i];
		const json_t *in = f->group ? json_object_get(o, f->group) : o;
		const json_t *value = json_object_get(in, f->name);

		ok = !is_there(f, &usual) ||
		     (value && take_value(value, f, &a));
	}
	json_decref(o);
	if (!ok)
		return -EBADMSG;
	/* how many there were is not kept, only whether */
	a.hrv.time.n_diff = !isnan(a.hrv.time.rmssd_ms);
	*ret = a;
	return 0;
}

void analyze_fields_csv_header(struct text *x, const struct analyze_settings *s)
{
	text_raw(x, "file");
	for (size_t i = 0; i < FIELDS; i++) {
		const struct field *f = &fields[i];

		if (!is_there(f, s))
			continue;
		text_raw(x, ",");
		if (f->group) {
			text_raw(x, f->group);
			text_raw(x, ".");
		}
		text_raw(x, f->name);
	}
	text_raw(x, ",settings.format,settings.raw,settings.detrend\r\n");
}

/* Source: RFC 4180, section 2. */
static void put_cell(struct text *x, const char *s)
{
	char one[2] = "";

	if (!strpbrk(s, ",\"\r\n")) {
		text_raw(x, s);
		return;
	}
	text_raw(x, "\"");
	for (; *s; s++) {
		one[0] = *s;
		text_raw(x, *s == '"' ? "\"\"" : one);
	}
	text_raw(x, "\"");
}

void analyze_fields_csv_row(struct text *x, const struct analysis *a,
                            const struct analyze_settings *s)
{
	put_cell(x, a->file);
	for (size_t i = 0; i < FIELDS; i++) {
		if (!is_there(&fields[i], s))
			continue;
		text_raw(x, ",");
		put_value(x, &fields[i], a, s, "");
	}
	text_raw(x, ",");
	put_cell(x, a->format);
	text_raw(x, s->raw ? ",true," : ",false,");
	text_raw(x, detrend_name(s->detrend));
	text_raw(x, "\r\n");
}
