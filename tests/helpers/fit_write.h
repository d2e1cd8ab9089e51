/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_TESTS_HELPERS_FIT_WRITE_H
#define LULL_TESTS_HELPERS_FIT_WRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * A writer of FIT files, so that tests make theirs. Written from the protocol
 * and apart from drivers/fit.c, check sum and all.
 */

#define FIT_WRITE_HRV 78

struct fit_write {
	uint8_t bytes[1 << 16];
	size_t len;
	size_t from; /* of the file at hand: several may stand in a row */
	bool big_endian;
};

struct fit_write_field {
	uint8_t number, size, type;
};

/** fit_write_begin() - a header of 12 or 14 bytes. */
void fit_write_begin(struct fit_write *w, unsigned header);

/** fit_write_define() - @n fields, and behind them @n_own of a developer. */
void fit_write_define(struct fit_write *w, unsigned local, unsigned global,
                      const struct fit_write_field *fields, unsigned n,
                      unsigned n_own);

/** fit_write_byte() - also: a head of a message, 0 to 15 for its kind. */
void fit_write_byte(struct fit_write *w, unsigned byte);
/** Both in the file's byte order. */
void fit_write_u16(struct fit_write *w, unsigned value);
void fit_write_u32(struct fit_write *w, uint32_t value);

/** fit_write_end() - the size of the data and both check sums. */
void fit_write_end(struct fit_write *w);

/** fit_write_sum() - put right only the file's check sum. */
void fit_write_sum(struct fit_write *w);

/**
 * fit_write_activity() - a whole file as a watch writes one: file_id, event,
 * a record each second, and hrv messages of five, the last filled up
 */
void fit_write_activity(struct fit_write *w, unsigned header,
                        const unsigned *rr_ms, size_t n);

#endif
