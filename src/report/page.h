/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_REPORT_PAGE_H
#define LULL_REPORT_PAGE_H

#include <stdio.h>

#include "report/report.h"

/**
 * page_write() - the report as one HTML file: a page for a doctor, a page for
 * the person
 *
 * It asks for nothing outside itself, and its policy (a Content-Security-Policy
 * of its own) lets nothing be asked for: no script, no font, no picture, only
 * the one style whose check sum it names. Each of the two is one sheet of A4 or
 * Letter. Pure.
 *
 * Return: 0, or -EIO.
 */
int page_write(FILE *f, const struct report *r);

/* Its parts, for page.c and its tests. */
void page_doctor(FILE *f, const struct report *r);
void page_person(FILE *f, const struct report *r);

extern const char page_style[];
/** SHA-256 of page_style in base64, as the policy names it. */
extern const char page_style_sha256[];

#endif
