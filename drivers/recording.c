/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drivers/recording.h"

#include <stdlib.h>

#include "drivers/capture.h"
#include "drivers/capture_beats.h"
#include "drivers/fit.h"
#include "drivers/hrv_logger.h"

const char *recording_format_name(enum recording_format f)
{
	static const char *const names[] = {
		[RECORDING_RR] = "RR text",
		[RECORDING_HRV_LOGGER] = "HRV Logger",
		[RECORDING_FIT] = "FIT",
		[RECORDING_CAPTURE] = "Lull capture",
	};

	return names[f];
}

enum recording_format recording_format_of(const void *bytes, size_t len)
{
	if (fit_is(bytes, len))
		return RECORDING_FIT;
	if (capture_is(bytes, len))
		return RECORDING_CAPTURE;
	if (hrv_logger_is(bytes, len))
		return RECORDING_HRV_LOGGER;
	return RECORDING_RR;
}

int recording_parse(const void *bytes, size_t len, struct rr *ret,
                    struct load_error *error)
{
	enum recording_format format = recording_format_of(bytes, len);
	int r;

	if (format == RECORDING_FIT)
		return fit_parse(bytes, len, ret, error);
	r = load_check_text(bytes, len, error);
	if (r < 0)
		return r;
	if (format == RECORDING_CAPTURE)
		return capture_beats_parse(bytes, len, ret, error);
	if (format == RECORDING_HRV_LOGGER)
		return hrv_logger_parse(bytes, len, ret, error);
	return rr_parse(bytes, len, ret, error);
}

int recording_read(const char *path, struct rr *ret, struct load_error *error)
{
	size_t len = 0;
	char *bytes;
	int r = load_bytes(path, &bytes, &len, error);

	if (r < 0)
		return r;
	r = recording_parse(bytes, len, ret, error);
	free(bytes);
	return r;
}
