/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The words: whatever a person can see or hear says what we do, and nothing of
 * what it might do for a disease. Source: reference/content.md C.6, E.5.
 */
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "content/content.h"
#include "content/yaml.h"
#include "helpers/book.h"
#include "helpers/test.h"

/* --- what is never said ----------------------------------------------------
 */

struct words {
	struct yaml *yaml;
	const char *never[128];
	size_t n, texts;
};

static void words_load(struct words *w)
{
	char *text = book_read(content_dir(), BOOK_PHRASES);
	const yaml_node_t *list;

	*w = (struct words){.n = 0};
	assert_int_equal(
		yaml_load(&w->yaml, "phrases", text, strlen(text), NULL), 0);
	list = yaml_need(w->yaml, yaml_root(w->yaml), "never_say");
	w->n = yaml_list(w->yaml, list, "never_say", 30, 128);
	for (size_t i = 0; i < w->n; i++)
		w->never[i] = yaml_text(w->yaml, yaml_item(w->yaml, list, i),
		                        "never_say", 100);
	assert_int_equal(yaml_status(w->yaml), 0);
	free(text);
}

/* The id that scripts know is no claim; people see its name. */
static void without_ids(char *text)
{
	static const char id[] = "tension_relief";

	for (char *at; (at = strstr(text, id));)
		memset(at, '_', strlen(id));
}

static void assert_allowed(struct words *w, const char *where,
                           const char *given)
{
	char *text;

	if (!given)
		return;
	text = strdup(given);
	without_ids(text);
	w->texts++;
	for (size_t i = 0; i < w->n; i++)
		if (book_has(text, w->never[i]))
			fail_msg("%s: '%.200s' says '%s'", where, given,
			         w->never[i]);
	free(text);
}

static void assert_phrase_allowed(struct words *w, const struct phrase *p)
{
	for (int v = 0; v < VARIANTS; v++)
		for (int k = 0; k < PHRASE_WORDINGS; k++)
			assert_allowed(w, p->id,
			               phrase_text(p, (enum variant)v, k));
}

/* --- the content -----------------------------------------------------------
 */

static void book_allowed(struct words *w, const struct routine *r)
{
	for (size_t i = 0; i < r->n_techniques; i++) {
		const struct technique *t = &r->techniques[i];
		const char *const texts[] = {t->name,  t->region, t->evidence,
		                             t->hands, t->feel,   t->position,
		                             t->stop,  t->pace,   t->breath,
		                             t->reps};

		for (size_t k = 0; k < 10; k++)
			assert_allowed(w, t->id, texts[k]);
		assert_phrase_allowed(w, &t->phrase);
	}
	for (size_t i = 0; i < r->n_cues; i++)
		assert_phrase_allowed(w, &r->cues[i]);
	for (size_t i = 0; i < r->n_questions; i++)
		assert_allowed(w, r->questions[i].id, r->questions[i].text);
}

static void nothing_that_is_said_or_asked_says_it(void **state)
{
	struct content *c = book_load();
	struct words w;

	(void)state;
	words_load(&w);
	book_allowed(&w, content_book(c));
	assert_true(w.texts > 500);
	yaml_destroy(w.yaml);
	content_destroy(c);
}

static void no_routine_says_it_nor_promises_anything_about_pain(void **state)
{
	static const char *const promises[] = {"headache", "headaches",
	                                       "migraine", "pain",
	                                       "relief",   "better"};
	struct content *c = book_load();
	const struct content_entry *entries;
	size_t n = content_routines(c, &entries);
	struct words w;

	(void)state;
	words_load(&w);
	for (size_t i = 0; i < n; i++) {
		struct routine *r = book_routine(c, entries[i].id);

		assert_allowed(&w, r->id, r->name);
		assert_allowed(&w, r->id, r->goal);
		assert_allowed(&w, r->id, r->posture);
		for (size_t k = 0; k < 6; k++) {
			assert_false(book_has(r->name, promises[k]));
			assert_false(book_has(r->goal, promises[k]));
		}
		routine_destroy(r);
	}
	yaml_destroy(w.yaml);
	content_destroy(c);
}

static void every_word_is_to_the_person(void **state)
{
	static const char *const of_others[] = {"the user", "the patient",
	                                        "the client", "one should"};
	struct content *c = book_load();
	const struct routine *r = content_book(c);

	(void)state;
	for (size_t i = 0; i < r->n_techniques; i++)
		for (size_t k = 0; k < 4; k++)
			assert_false(book_has(
				r->techniques[i].phrase.text[VARIANT_FULL],
				of_others[k]));
	content_destroy(c);
}

/* --- what is written -------------------------------------------------------
 */

/* One line of plain words: no line breaks, no roff. */
static char *plain(const char *text)
{
	char *out = malloc(strlen(text) + 1), *to = out;

	assert_non_null(out);
	for (const char *at = text; *at; at++) {
		if (*at == '\\' && at[1] == 'f' && at[2]) {
			at += 2;
			continue;
		}
		if (*at == '\\' || *at == '*' || *at == '`')
			continue;
		if (isspace((unsigned char)*at)) {
			if (to > out && to[-1] != ' ')
				*to++ = ' ';
			continue;
		}
		*to++ = *at;
	}
	*to = '\0';
	return out;
}

static void file_allowed(struct words *w, const char *dir, const char *name)
{
	char *text = book_read(dir, name), *line = plain(text);

	assert_allowed(w, name, line);
	free(line);
	free(text);
}

static void no_readme_and_no_man_page_says_it(void **state)
{
	struct words w;

	(void)state;
	words_load(&w);
	file_allowed(&w, ".", "README.md");
	file_allowed(&w, "src/dist", "lull.1");
	file_allowed(&w, "src/dist", "lulld.1");
	file_allowed(&w, "src/dist", "lull.bash-completion");
	assert_int_equal(w.texts, 4);
	yaml_destroy(w.yaml);
}

/* The strings of a C file, those that stand beside each other as one. */
static void strings_allowed(struct words *w, const char *name, const char *text)
{
	char *out = malloc(strlen(text) + 1);
	size_t n = 0;

	assert_non_null(out);
	for (const char *at = text; *at; at++) {
		if (at[0] == '/' && at[1] == '*') { /* ours, not theirs */
			at = strstr(at, "*/");
			if (!at)
				break;
			at++;
		} else if (*at == '\'' && at[1] == '"') {
			at += 2;
		} else if (*at == '"') {
			for (at++; *at && *at != '"'; at++) {
				if (*at == '\\' && at[1])
					at++;
				out[n++] = *at;
			}
		} else if (!isspace((unsigned char)*at) && n > 0) {
			out[n] = '\0';
			assert_allowed(w, name, out);
			n = 0;
		}
	}
	free(out);
}

static int is_source(const struct dirent *d)
{
	const char *dot = strrchr(d->d_name, '.');

	return dot && strcmp(dot, ".c") == 0;
}

static void folder_allowed(struct words *w, const char *dir)
{
	struct dirent **files = NULL;
	int n = scandir(dir, &files, is_source, alphasort);

	assert_true(n > 0);
	for (int i = 0; i < n; i++) {
		char *text = book_read(dir, files[i]->d_name);

		strings_allowed(w, files[i]->d_name, text);
		free(text);
		free(files[i]);
	}
	free(files);
}

static void no_string_of_the_programs_says_it(void **state)
{
	static const char *const folders[] = {
		"src/base",  "src/cli",    "src/content", "src/daemon",
		"src/diary", "src/player", "src/session", "src/store",
	};
	struct words w;

	(void)state;
	words_load(&w);
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
		folder_allowed(&w, folders[i]);
	assert_true(w.texts > 2000);
	yaml_destroy(w.yaml);
}

/* That the nets above hold what they are for. */
static void what_is_said_is_found_wherever_it_stands(void **state)
{
	char *line =
		plain("It\n.B \\fBre\\-\\fR\nduces  *your*\nstress hormones");

	(void)state;
	assert_true(book_has(line, "your stress hormones"));
	assert_true(book_has("A cure.", "cure"));
	assert_true(book_has("CURE", "cure"));
	assert_false(book_has("secure curettes", "cure"));
	free(line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_that_is_said_or_asked_says_it),
		cmocka_unit_test(
			no_routine_says_it_nor_promises_anything_about_pain),
		cmocka_unit_test(every_word_is_to_the_person),
		cmocka_unit_test(no_readme_and_no_man_page_says_it),
		cmocka_unit_test(no_string_of_the_programs_says_it),
		cmocka_unit_test(what_is_said_is_found_wherever_it_stands),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
