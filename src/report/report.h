/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_REPORT_REPORT_H
#define LULL_REPORT_REPORT_H

#include "diary/trial.h"
#include "report/headaches.h"
#include "report/response.h"
#include "report/trend.h"

/** A routine or technique by its id, as people call it. */
struct report_name {
	char id[48];
	char *name;
	char grade; /**< of a technique's evidence, A to D or X; 0: none */
};

/** All that the past comes to, as it is shown. */
struct report {
	int32_t from, to;   /**< the days that count, both with them */
	int32_t today;      /**< when it was made */
	unsigned plan;      /**< sessions a week; 0: none */
	struct trend trend; /**< of those days */
	struct headaches headaches;
	struct responses responses; /**< ranked */
	struct trial trial;         /**< the last; of id 0: none */
	struct trial_result trial_result;
	struct report_name *names;
	size_t n_names;
};

/** report_name() - of that id; the id itself where it is not known. */
const char *report_name(const struct report *r, const char *id);

/** report_evidence() - what a grade stands for; "" for none. Source:
    reference/content.md, its grades. */
const char *report_evidence(const struct report *r, const char *technique);

void report_finish(struct report *r);

#endif
