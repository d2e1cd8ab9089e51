/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_PLAYER_ANALYZE_FIELDS_H
#define LULL_PLAYER_ANALYZE_FIELDS_H

#include <stdbool.h>

#include "player/text.h"
#include "signal/hrv.h"

/** What was asked for, for the record. */
struct analyze_settings {
	bool raw;
	enum hrv_detrend detrend;
	double from_s, to_s;     /**< NAN: not given */
	double window_s, step_s; /**< NAN: not given */
};

/** The figures of one file, or of one window of it. */
struct analysis {
	const char *file;
	const char *format;
	double from_s, to_s; /**< of the window; NAN: none */
	struct hrv hrv;
	struct hrv_trended by; /**< as the settings have it */
};

/*
 * One table of fields (INTERFACES, "lull analyze --json") gives the JSON and
 * the CSV, so that they cannot differ. A count or figure that cannot be had
 * is null there and an empty cell here; figures keep every digit.
 */

/** analyze_fields_json() - one object. */
void analyze_fields_json(struct text *x, const struct analysis *a,
                         const struct analyze_settings *s);

/** analyze_fields_csv_header() - the JSON's paths, joined by points; with its
   line end, as RFC 4180. */
void analyze_fields_csv_header(struct text *x,
                               const struct analyze_settings *s);
/** analyze_fields_csv_row() - one line. */
void analyze_fields_csv_row(struct text *x, const struct analysis *a,
                            const struct analyze_settings *s);

/**
 * analyze_fields_kept() - the fields alone, of a whole recording with the usual
 * settings: what the store keeps
 */
void analyze_fields_kept(struct text *x, const struct analysis *a);
/** analyze_fields_read() - and back; file and format stay as they are.
    Return: 0; -EBADMSG where it holds not all of today's fields; -ENOMEM. */
int analyze_fields_read(const char *line, struct analysis *ret);

#endif
