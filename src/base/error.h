/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_BASE_ERROR_H
#define LULL_BASE_ERROR_H

/**
 * One plain line for a person: what, why, what to do. Carried up beside a
 * negative errno by whatever reads what a person wrote.
 */
struct error {
	char text[512];
};

/** error_set() - printf into @e, which may be NULL. */
__attribute__((format(printf, 2, 3))) void error_set(struct error *e,
                                                     const char *format, ...);

#endif
