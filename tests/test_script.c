/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audio/voice_label.h"
#include "audio/voice_labels.h"
#include "content/content.h"
#include "player/script.h"

static struct content *loaded(void)
{
	struct content *c = NULL;
	struct error error = {""};

	if (content_load(&c, content_dir(), NULL, &error) < 0)
		fail_msg("%s", error.text);
	return c;
}

static void every_text_has_a_label_that_is_whole(void **state)
{
	struct content *c = loaded();
	struct voice_labels *labels;
	struct script_line *lines;
	char path[4096], **full;
	size_t n, n_full;

	(void)state;
	assert_int_equal(content_labels(content_book(c), path, sizeof(path)),
	                 0);
	assert_int_equal(voice_labels_load(&labels, path), 0);
	assert_non_null(voice_labels_voice(labels));
	assert_int_equal(script_make(content_book(c), &lines, &n), 0);
	assert_true(n > 150);
	for (size_t i = 0; i < n; i++) {
		const char *spoken = voice_labels_find(labels, lines[i].text);

		if (!spoken)
			fail_msg("\"%s\": no label: run make labels",
			         lines[i].text);
		assert_int_equal(voice_label_expand(spoken, &full, &n_full), 0);
		assert_true(n_full > 2);
		free(full);
	}
	free(lines);
	voice_labels_destroy(labels);
	content_destroy(c);
}

static void every_line_has_a_name_of_its_own(void **state)
{
	struct content *c = loaded();
	struct script_line *lines;
	char a[SCRIPT_NAME_MAX], b[SCRIPT_NAME_MAX];
	size_t n;

	(void)state;
	assert_int_equal(script_make(content_book(c), &lines, &n), 0);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < i; k++) {
			script_name(&lines[i], a);
			script_name(&lines[k], b);
			assert_string_not_equal(a, b);
		}
	free(lines);
	content_destroy(c);
}

static void no_two_wordings_of_a_phrase_are_alike(void **state)
{
	struct content *c = loaded();
	struct script_line *lines;
	size_t n, more = 0;

	(void)state;
	assert_int_equal(script_make(content_book(c), &lines, &n), 0);
	for (size_t i = 1; i < n; i++) {
		if (lines[i].wording == 0)
			continue;
		more++;
		for (int w = 1; w <= lines[i].wording; w++)
			assert_string_not_equal(lines[i].text,
			                        lines[i - (size_t)w].text);
	}
	assert_true(more > 50);
	free(lines);
	content_destroy(c);
}

static void touch(const char *folder, const char *file)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, file);
	f = fopen(path, "w");
	assert_non_null(f);
	fclose(f);
}

static void who_recorded_one_wording_hears_no_other_voice_in_turn(void **state)
{
	struct script_line lines[] = {
		{"cue.a", VARIANT_FULL, 0, "One."},
		{"cue.a", VARIANT_FULL, 1, "Two."},
		{"cue.a", VARIANT_FULL, 2, "Three."},
		{"cue.a", VARIANT_BRIEF, 0, "A."},
		{"cue.a", VARIANT_BRIEF, 1, "B."},
	};
	char *folder = test_scratch();
	const struct voice_config config = {.own_dir = folder};
	struct voice *v;

	(void)state;
	touch(folder, "cue.a.full.2.wav");
	assert_int_equal(voice_create(&v, &config), 0);
	assert_int_equal(script_own(lines, 5, v), 3);
	assert_string_equal(lines[0].text, "Two.");
	assert_int_equal(lines[0].wording, 1);
	assert_string_equal(lines[1].text, "A.");
	assert_string_equal(lines[2].text, "B.");
	voice_destroy(v);
	test_scrap(folder);
}

static void copy_file(const char *from_dir, const char *to_dir,
                      const char *file)
{
	char from[4096], to[4096], bytes[65536];
	FILE *in, *out;
	size_t n;

	snprintf(from, sizeof(from), "%s/%s", from_dir, file);
	snprintf(to, sizeof(to), "%s/%s", to_dir, file);
	in = fopen(from, "r");
	out = fopen(to, "w");
	assert_non_null(in);
	assert_non_null(out);
	n = fread(bytes, 1, sizeof(bytes), in);
	assert_int_equal(fwrite(bytes, 1, n, out), n);
	fclose(in);
	fclose(out);
}

/* What a translator does: copy the file, change its words. */
static void add_language(const char *dir, const char *name)
{
	char from[4096], to[4096], line[4096];
	FILE *in, *out;

	snprintf(from, sizeof(from), "%s/phrases/en.yaml", content_dir());
	snprintf(to, sizeof(to), "%s/phrases/%s.yaml", dir, name);
	in = fopen(from, "r");
	out = fopen(to, "w");
	assert_non_null(in);
	assert_non_null(out);
	while (fgets(line, sizeof(line), in)) {
		if (strcmp(line, "language: en\n") == 0)
			fprintf(out, "language: %s\n", name);
		else if (strstr(line, "minimal: \"Just breathe.\""))
			fputs("  minimal: \"Nur atmen.\"\n", out);
		else
			fputs(line, out);
	}
	fclose(in);
	fclose(out);
}

static void assert_breathes(const char *dir, const char *language,
                            const char *text)
{
	struct content *c = NULL;
	struct error error = {""};

	if (content_load(&c, dir, NULL, &error) < 0)
		fail_msg("%s", error.text);
	assert_string_equal(content_book(c)->language, language);
	assert_string_equal(routine_phrase(content_book(c), "cue.start")
	                            ->text[VARIANT_MINIMAL],
	                    text);
	content_destroy(c);
}

static void a_second_language_needs_no_code(void **state)
{
	char *dir = test_scratch(), path[4096];

	(void)state;
	snprintf(path, sizeof(path), "%s/phrases", dir);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/routines", dir);
	assert_int_equal(mkdir(path, 0700), 0);
	copy_file(content_dir(), dir, "techniques.yaml");
	copy_file(content_dir(), dir, "questions.yaml");
	copy_file(content_dir(), dir, "routines/tension_relief.yaml");
	copy_file(content_dir(), dir, "phrases/en.yaml");
	add_language(dir, "de");

	unsetenv("LC_ALL");
	unsetenv("LC_MESSAGES");
	setenv("LANG", "fr_FR.UTF-8", 1); /* nobody has translated it */
	unsetenv("LULL_LANGUAGE");
	assert_breathes(dir, "en", "Just breathe.");
	setenv("LANG", "de_AT.UTF-8", 1);
	assert_breathes(dir, "de", "Nur atmen.");
	setenv("LULL_LANGUAGE", "en", 1);
	assert_breathes(dir, "en", "Just breathe.");
	setenv("LULL_LANGUAGE", "../../etc", 1);
	assert_breathes(dir, "de", "Nur atmen.");
	unsetenv("LULL_LANGUAGE");
	test_scrap(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_text_has_a_label_that_is_whole),
		cmocka_unit_test(every_line_has_a_name_of_its_own),
		cmocka_unit_test(no_two_wordings_of_a_phrase_are_alike),
		cmocka_unit_test(
			who_recorded_one_wording_hears_no_other_voice_in_turn),
		cmocka_unit_test(a_second_language_needs_no_code),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
