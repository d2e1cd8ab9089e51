/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_TESTS_HELPERS_OUTSET_H
#define LULL_TESTS_HELPERS_OUTSET_H

#include "content/content.h"
#include "session/session.h"

/** What a session sets out with: tension_relief as we ship it, a simulated
 * person, and a scratch folder beside. A test may change start and routine. */
struct outset {
	struct content *content;
	struct routine *routine;
	struct session_start start; /**< of routine */
	char *folder;
};

/** outset_set_up() - cmocka's: *@state is a struct outset. */
int outset_set_up(void **state);
/** outset_tear_down() - cmocka's: what outset_set_up() made is given back. */
int outset_tear_down(void **state);

#endif
