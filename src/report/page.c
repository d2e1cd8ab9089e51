/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/page.h"

#include <errno.h>

#include "report/words.h"

static void head(FILE *f, const struct report *r)
{
	char from[WORDS_DATE], to[WORDS_DATE];

	fprintf(f,
	        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
	        "<meta charset=\"utf-8\">\n"
	        "<meta http-equiv=\"Content-Security-Policy\" content=\""
	        "default-src 'none'; style-src 'sha256-%s'; base-uri 'none'; "
	        "form-action 'none'\">\n"
	        "<meta name=\"viewport\" content=\"width=device-width, "
	        "initial-scale=1\">\n"
	        "<meta name=\"color-scheme\" content=\"light dark\">\n"
	        "<title>Headache report, %s to %s</title>\n<style>%s</style>\n"
	        "</head>\n",
	        page_style_sha256, words_date(r->from, from),
	        words_date(r->to, to), page_style);
}

int page_write(FILE *f, const struct report *r)
{
	head(f, r);
	fputs("<body>\n<main>\n", f);
	page_doctor(f, r);
	page_person(f, r);
	fputs("</main>\n</body>\n</html>\n", f);
	return ferror(f) ? -EIO : 0;
}
