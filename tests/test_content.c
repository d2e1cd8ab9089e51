/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Loading, own files, and memory that ends. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "content/content.h"
#include "content/sha256.h"
#include "helpers/book.h"
#include "helpers/test.h"

/* --- the n-th allocation fails ------------------------------------------- */

static long failing; /* counts down to the one that fails; 0: none */

void *__real_calloc(size_t n, size_t size);
char *__real_strdup(const char *s);
void *__wrap_calloc(size_t n, size_t size);
char *__wrap_strdup(const char *s);

void *__wrap_calloc(size_t n, size_t size)
{
	return failing && !--failing ? NULL : __real_calloc(n, size);
}

char *__wrap_strdup(const char *s)
{
	return failing && !--failing ? NULL : __real_strdup(s);
}

static void names_go_there_and_back(void **state)
{
	enum technique_mode mode;
	enum technique_sig sig;
	enum breath_mode breath;
	enum verbosity talk;
	enum session_mode day;
	enum variant variant;
	enum flag flag = FLAG_TMJ;

	(void)state;
	for (int i = 0; i < FLAGS; i++) {
		assert_int_equal(flag_from(flag_name((enum flag)i), &flag), 0);
		assert_int_equal(flag, i);
	}
	assert_int_equal(flag_from("nonsense", &flag), -EINVAL);
	assert_int_equal(flag, FLAGS - 1); /* untouched */
	for (int i = 0; i < MODES; i++) {
		assert_int_equal(
			technique_mode_from(
				technique_mode_name((enum technique_mode)i),
				&mode),
			0);
		assert_int_equal(mode, i);
	}
	for (int i = 0; i < SIGS; i++) {
		assert_int_equal(
			technique_sig_from(
				technique_sig_name((enum technique_sig)i),
				&sig),
			0);
		assert_int_equal(sig, i);
	}
	for (int i = 0; i < BREATH_MODES; i++) {
		assert_int_equal(
			breath_mode_from(breath_mode_name((enum breath_mode)i),
		                         &breath),
			0);
		assert_int_equal(breath, i);
	}
	for (int i = 0; i < TALKS; i++) {
		assert_int_equal(
			verbosity_from(verbosity_name((enum verbosity)i),
		                       &talk),
			0);
		assert_int_equal(talk, i);
	}
	for (int i = 0; i < SESSION_MODES; i++) {
		assert_int_equal(
			session_mode_from(
				session_mode_name((enum session_mode)i), &day),
			0);
		assert_int_equal(day, i);
	}
	for (int i = 0; i < VARIANTS; i++) {
		assert_int_equal(
			variant_from(variant_name((enum variant)i), &variant),
			0);
		assert_int_equal(variant, i);
	}
	assert_null(variant_name(VARIANTS));
	assert_null(flag_name(FLAGS));
	assert_int_equal(verbosity_from("", &talk), -EINVAL);
}

static void a_folder_without_content_is_named(void **state)
{
	struct content *c = NULL;
	struct error error = {""};

	(void)state;
	assert_int_equal(content_load(&c, "/nowhere", NULL, &error), -ENOENT);
	book_says(&error, "/nowhere/techniques.yaml: cannot be read");
	assert_null(c);
}

static void own_routines_add_and_override(void **state)
{
	char *dir = test_scratch();
	char *whole = book_read(content_dir(), BOOK_ROUTINE);
	char *mine = book_replaced(whole, "id: tension_relief", "id: mine");
	char *other = book_replaced(whole, "name: Ease", "name: Softly ease");
	const struct content_entry *entries;
	struct content *c = NULL;
	struct routine *r = NULL;
	struct error error = {""};

	(void)state;
	book_folder(dir, "routines");
	book_write(dir, "routines/a.yaml", mine);
	book_write(dir, "routines/b.yaml", other);
	book_write(dir, "routines/broken.yaml", "id: broken\n");
	book_write(dir, "routines/notes.txt", "not a routine");
	assert_int_equal(content_load(&c, content_dir(), dir, &error), 0);
	assert_int_equal(content_routines(c, &entries), 8);
	assert_string_equal(entries[5].id, "tension_relief");
	assert_string_equal(entries[5].name,
	                    "Softly ease head, neck and shoulder tension");
	assert_near(entries[5].total_s, 900, 0);
	assert_string_equal(entries[6].id, "mine");

	assert_int_equal(content_routine(c, "mine", &r, &error), 0);
	assert_string_equal(r->id, "mine");
	routine_destroy(r);
	r = NULL;
	/* the others stay; this one is told when it is chosen */
	assert_string_equal(entries[7].id, "broken");
	assert_int_equal(content_routine(c, "broken", &r, &error), -EBADMSG);
	book_says(&error, "broken.yaml: line 1: ");
	assert_int_equal(content_routine(c, "nosuch", &r, &error), -ENOENT);
	book_says(&error, "nosuch: there is no such routine");
	assert_null(r);
	content_destroy(c);

	c = NULL;
	assert_int_equal(content_load(&c, content_dir(), "/nowhere", &error),
	                 0);
	assert_int_equal(content_routines(c, &entries), 6);
	content_destroy(c);
	free(mine);
	free(other);
	free(whole);
	test_scrap(dir);
}

/* --- a person's own techniques -------------------------------------------- */

/* Ours of this id as a file of one's own, with what it says. */
#define OWN_TRAP_HOLD                                                          \
	"techniques:\n"                                                        \
	"- id: trap_hold\n"                                                    \
	"  name: Press\n"                                                      \
	"  region: shoulder\n"                                                 \
	"  ev: D\n"                                                            \
	"  position: seated\n"                                                 \
	"  hands: fingertips\n"                                                \
	"  pressure: [3, 4]\n"                                                 \
	"  mode: hold\n"                                                       \
	"  pace: slow\n"                                                       \
	"  reps: once\n"                                                       \
	"  dose: [20, 45, 90]\n"                                               \
	"  sides: each\n"                                                      \
	"  breath: any\n"                                                      \
	"  feel: warm\n"                                                       \
	"  stop: pain\n"                                                       \
	"  contra: [preg, anticoag, skin, fever, neck_injury, shoulder, "      \
	"cancer, numb, tmj]\n"                                                 \
	"  sig: fair\n"                                                        \
	"  neck: false\n"                                                      \
	"  when_touch_hurts: false\n"                                          \
	"  by_choice: false\n"                                                 \
	"  full: My own words.\n"                                              \
	"  brief: My words.\n"                                                 \
	"  minimal: Words.\n"                                                  \
	"  light: A light, resting touch.\n"                                   \
	"  ease: Enough.\n"                                                    \
	"  src: [DJ]\n"

static void own_techniques_add_and_override(void **state)
{
	char *dir = test_scratch(), *other;
	struct content *c = NULL;
	struct routine *r;
	struct error error = {""};
	size_t ours, n;

	(void)state;
	c = book_load();
	ours = content_book(c)->n_techniques;
	content_destroy(c);
	c = NULL;
	other = book_replaced(OWN_TRAP_HOLD, "id: trap_hold", "id: mine");
	book_folder(dir, "techniques");
	book_write(dir, "techniques/a.yaml", OWN_TRAP_HOLD);
	book_write(dir, "techniques/b.yaml", other);
	assert_int_equal(content_load(&c, content_dir(), dir, &error), 0);
	assert_int_equal(content_book(c)->n_techniques, ours + 1);
	r = book_routine(c, "tension_relief");
	n = 0;
	for (size_t i = 0; i < r->n_techniques; i++)
		if (strcmp(r->techniques[i].id, "trap_hold") == 0) {
			assert_string_equal(
				r->techniques[i].phrase.text[VARIANT_FULL],
				"My own words.");
			assert_int_equal(r->techniques[i].pressure_max, 4);
			n++;
		}
	assert_int_equal(n, 1);
	routine_destroy(r);
	content_destroy(c);
	free(other);
	test_scrap(dir);
}

static void an_own_technique_stays_as_careful_as_ours(void **state)
{
	static const char *const bad[][3] = {
		{"pressure: [3, 4]", "pressure: [4, 6]",
	         "line 8: pressure: expected it as careful"},
		{"contra: [preg, ", "contra: [",
	         "line 17: contra: expected preg"},
		{"dose: [20, 45, 90]", "dose: [20, 45, 120]",
	         "line 12: dose: expected the dose, sides and mode"},
		{"sides: each", "sides: both",
	         "dose: expected the dose, sides"},
		{"when_touch_hurts: false", "when_touch_hurts: true",
	         "line 20: when_touch_hurts: expected it as careful"},
		{"sig: fair", "sig: good", "sig: expected it as careful"},
		{"  full: My own words.\n", "",
	         "full: expected this field, it is missing"},
		{"techniques:\n", "techniques:\n- 5\n", "line 2: technique: "},
	};
	char *dir = test_scratch(), *path = book_path(dir, "t.yaml");
	struct content *c = book_load();
	struct error error = {""};

	(void)state;
	book_write(dir, "t.yaml", OWN_TRAP_HOLD);
	assert_int_equal(content_check_techniques(c, path, &error), 1);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		char *text = book_replaced(OWN_TRAP_HOLD, bad[i][0], bad[i][1]);

		book_write(dir, "t.yaml", text);
		assert_int_equal(content_check_techniques(c, path, &error),
		                 -EBADMSG);
		book_says(&error, path);
		book_says(&error, bad[i][2]);
		free(text);
	}
	content_destroy(c);
	free(path);
	test_scrap(dir);
}

static void a_broken_file_of_techniques_keeps_nobody_from_ours(void **state)
{
	char *dir = test_scratch();
	const struct content_entry *entries;
	struct content *c = NULL;
	struct routine *r = NULL;
	struct error error = {""};

	(void)state;
	book_folder(dir, "techniques");
	book_write(dir, "techniques/odd.yaml", "techniques: 5\n");
	assert_int_equal(content_load(&c, content_dir(), dir, &error), 0);
	assert_int_equal(content_routines(c, &entries), 7);
	assert_string_equal(entries[6].id, "odd");
	assert_int_equal(content_routine(c, "odd", &r, &error), -EBADMSG);
	book_says(&error, "odd.yaml: line 1: techniques: expected a list");
	routine_destroy(book_routine(c, "tension_relief"));
	/* and a good one is no routine */
	book_write(dir, "techniques/odd.yaml", OWN_TRAP_HOLD);
	assert_int_equal(content_routine(c, "odd", &r, &error), -EBADMSG);
	book_says(&error, "line 1: file: expected a routine, found techniques");
	assert_null(r);
	content_destroy(c);
	test_scrap(dir);
}

static void each_failing_allocation_is_survived(void **state)
{
	struct content *c = NULL;
	struct routine *r = NULL;
	long n = 0;
	int status;

	(void)state;
	/* steps of 7 over the whole: each runs through all that went before */
	do {
		failing = ++n < 40 ? n : (n += 6);
		status = content_load(&c, content_dir(), NULL, NULL);
		if (status == -ENOMEM)
			assert_null(c);
	} while (status == -ENOMEM);
	failing = 0;
	assert_int_equal(status, 0);
	assert_true(n > 500);

	n = 0;
	do {
		failing = ++n;
		status = content_routine(c, "tension_relief", &r, NULL);
		if (status == -ENOMEM)
			assert_null(r);
	} while (status == -ENOMEM);
	failing = 0;
	assert_int_equal(status, 0);
	assert_true(n > 200);
	routine_destroy(r);
	content_destroy(c);
}

static void sha256_gives_the_standard_sums(void **state)
{
	/* FIPS 180-2, appendix B; the empty one from NIST's CAVP vectors */
	static const char *const sums[][2] = {
		{"", "e3b0c44298fc1c149afbf4c8996fb924"
	             "27ae41e4649b934ca495991b7852b855"},
		{"abc", "ba7816bf8f01cfea414140de5dae2223"
	                "b00361a396177a9cb410ff61f20015ad"},
		{"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
	         "248d6a61d20638b8e5c026930c3e6039"
	         "a33ce45964ff2167f6ecedd419db06c1"},
	};
	struct sha256 s;
	char hex[65];

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		sha256_init(&s);
		sha256_add(&s, sums[i][0], strlen(sums[i][0]));
		sha256_hex(&s, hex);
		assert_string_equal(hex, sums[i][1]);
	}
	sha256_init(&s);
	for (int i = 0; i < 1000000; i++)
		sha256_add(&s, "a", 1);
	sha256_hex(&s, hex);
	assert_string_equal(hex, "cdc76e5c9914fb9281a1c7e284d73e67"
	                         "f1809a48a497200e046d39ccc7112cd0");
	sha256_hex(&s, hex); /* the sum may be asked for twice */
	assert_string_equal(hex, "cdc76e5c9914fb9281a1c7e284d73e67"
	                         "f1809a48a497200e046d39ccc7112cd0");
}

static void the_content_is_named_by_the_sum_of_its_four_files(void **state)
{
	static const char *const names[] = {"techniques.yaml", "questions.yaml",
	                                    BOOK_PHRASES, BOOK_ROUTINE};
	struct content *c = book_load();
	struct routine *r = book_routine(c, "tension_relief");
	struct sha256 s;
	char hex[65];

	(void)state;
	sha256_init(&s);
	for (size_t i = 0; i < 4; i++) {
		char *text = book_read(content_dir(), names[i]);

		sha256_add(&s, text, strlen(text));
		free(text);
	}
	sha256_hex(&s, hex);
	assert_string_equal(r->content_sha, hex);
	routine_destroy(r);
	content_destroy(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_go_there_and_back),
		cmocka_unit_test(a_folder_without_content_is_named),
		cmocka_unit_test(own_routines_add_and_override),
		cmocka_unit_test(own_techniques_add_and_override),
		cmocka_unit_test(an_own_technique_stays_as_careful_as_ours),
		cmocka_unit_test(
			a_broken_file_of_techniques_keeps_nobody_from_ours),
		cmocka_unit_test(each_failing_allocation_is_survived),
		cmocka_unit_test(sha256_gives_the_standard_sums),
		cmocka_unit_test(
			the_content_is_named_by_the_sum_of_its_four_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
