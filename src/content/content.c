/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "content/content.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/paths.h"
#include "content/own.h"
#include "content/read.h"
#include "content/sha256.h"
#include "content/yaml.h"

#define ROUTINES_MAX     256 /* files of a folder */
#define LANGUAGE_DEFAULT "en"

struct content {
	struct routine *book; /* all techniques, cues and questions */
	struct sha256 sha;    /* over the three files they came from */
	size_t n_entries;
	struct content_entry *entries;
};

/* --- the three files ----------------------------------------------------- */

static int techniques_file(struct yaml *y, struct routine *book)
{
	static const char *const keys[] = {"techniques", NULL};
	const yaml_node_t *root = yaml_root(y);

	if (!yaml_map(y, root, "techniques", keys))
		return yaml_status(y);
	return read_techniques(y, yaml_need(y, root, "techniques"), false,
	                       book);
}

static int phrases_file(struct yaml *y, struct routine *book)
{
	static const char *const keys[] = {"language",   "cues",
	                                   "techniques", "questions",
	                                   "never_say",  NULL};
	const yaml_node_t *root = yaml_root(y);

	if (!yaml_map(y, root, "phrases", keys))
		return yaml_status(y);
	yaml_id(y, yaml_need(y, root, "language"), "language", book->language,
	        sizeof book->language);
	read_cues(y, yaml_need(y, root, "cues"), false, book);
	read_said_techniques(y, yaml_need(y, root, "techniques"), book);
	read_said_questions(y, yaml_need(y, root, "questions"), book);
	return read_never_say(y, yaml_need(y, root, "never_say"));
}

static int questions_file(struct yaml *y, struct routine *book)
{
	static const char *const keys[] = {"questions", NULL};
	const yaml_node_t *root = yaml_root(y);

	if (!yaml_map(y, root, "questions", keys))
		return yaml_status(y);
	return read_questions(y, yaml_need(y, root, "questions"), false, book);
}

/* Opens a YAML file and adds its bytes to @sha, which may be NULL. */
static int open_file(struct yaml **ret, const char *path, struct sha256 *sha,
                     struct error *error)
{
	char *text = NULL;
	size_t len = 0;
	int r = yaml_slurp(path, &text, &len, error);

	if (r < 0)
		return r;
	r = yaml_load(ret, path, text, len, error);
	if (!r && sha)
		sha256_add(sha, text, len);
	free(text);
	return r;
}

static int load_part(struct content *c, const char *dir, const char *name,
                     int (*read_part)(struct yaml *y, struct routine *book),
                     struct error *error)
{
	struct yaml *y = NULL;
	char *path;
	int r;

	if (asprintf(&path, "%s/%s", dir, name) < 0)
		return -ENOMEM;
	r = open_file(&y, path, &c->sha, error);
	if (!r)
		r = read_part(y, c->book);
	yaml_destroy(y);
	free(path);
	return r;
}

/* --- the routines -------------------------------------------------------- */

static void entry_finish(struct content_entry *e)
{
	/* the header lends them as const; here they are ours */
	free((void *)(uintptr_t)e->id);
	free((void *)(uintptr_t)e->name);
	free((void *)(uintptr_t)e->path);
}

static struct content_entry *find(const struct content *c, const char *id)
{
	for (size_t i = 0; i < c->n_entries; i++)
		if (strcmp(c->entries[i].id, id) == 0)
			return &c->entries[i];
	return NULL;
}

/* Adds an entry, or puts it in the place of one of the same id. */
static int put(struct content *c, const char *id, const char *name,
               double total_s, const char *path)
{
	struct content_entry e = {strdup(id), strdup(name), total_s,
	                          strdup(path)};
	struct content_entry *old = find(c, id), *more;

	if (!e.id || !e.name || !e.path) {
		entry_finish(&e);
		return -ENOMEM;
	}
	if (old) {
		entry_finish(old);
		*old = e;
		return 0;
	}
	more = reallocarray(c->entries, c->n_entries + 1, sizeof e);
	if (!more) {
		entry_finish(&e);
		return -ENOMEM;
	}
	c->entries = more;
	c->entries[c->n_entries++] = e;
	return 0;
}

static int is_routine_file(const struct dirent *d)
{
	size_t len = strlen(d->d_name);

	return d->d_name[0] != '.' && len > 5 &&
	       strcmp(d->d_name + len - 5, ".yaml") == 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/*
 * A person's broken file must not keep them from the other routines: it is
 * listed by its file name, and told what is wrong with it when it is chosen.
 */
static int put_broken(struct content *c, const char *file, const char *path)
{
	char id[EVENT_ID_MAX];
	size_t len = strlen(file) - strlen(".yaml");

	if (len >= sizeof id)
		len = sizeof id - 1;
	memcpy(id, file, len);
	id[len] = '\0';
	return put(c, id, "(cannot be read)", 0, path);
}

static int put_file(struct content *c, const char *dir, const char *file,
                    bool own, struct error *error)
{
	struct routine *routine = NULL;
	char *path;
	int r;

	if (asprintf(&path, "%s/%s", dir, file) < 0)
		return -ENOMEM;
	r = content_check(c, path, &routine, own ? NULL : error);
	if (!r && !own && find(c, routine->id)) {
		error_set(error, "%s: line 1: id: '%s' is already taken", path,
		          routine->id);
		r = -EBADMSG;
	}
	if (!r)
		r = put(c, routine->id, routine->name, routine->total_s, path);
	else if (own && r != -ENOMEM)
		r = put_broken(c, file, path);
	routine_destroy(routine);
	free(path);
	return r;
}

/* Like a broken routine, a broken file of techniques is listed, and told of
   when it is chosen. */
static int put_techniques(struct content *c, const char *dir, const char *file,
                          bool own, struct error *error)
{
	struct yaml *y = NULL;
	char *path;
	int r;

	(void)own;
	(void)error;
	if (asprintf(&path, "%s/%s", dir, file) < 0)
		return -ENOMEM;
	r = open_file(&y, path, &c->sha, NULL);
	if (!r)
		r = own_techniques(y, c->book, true);
	if (r < 0 && r != -ENOMEM)
		r = put_broken(c, file, path);
	yaml_destroy(y);
	free(path);
	return r < 0 ? r : 0;
}

static int load_folder(struct content *c, const char *dir, bool own,
                       int (*put_one)(struct content *c, const char *dir,
                                      const char *file, bool own,
                                      struct error *error),
                       struct error *error)
{
	struct dirent **files = NULL;
	int n = scandir(dir, &files, is_routine_file, by_name);
	int r = 0;

	if (n < 0) {
		r = -errno;
		if (own && r == -ENOENT)
			return 0;
		error_set(error, "%s: cannot be read: %s", dir, strerror(-r));
		return r;
	}
	if (n > ROUTINES_MAX) {
		error_set(error, "%s: expected at most %d routines, found %d",
		          dir, ROUTINES_MAX, n);
		r = -EBADMSG;
	}
	for (int i = 0; i < n; i++) {
		if (!r)
			r = put_one(c, dir, files[i]->d_name, own, error);
		free(files[i]);
	}
	free(files);
	return r;
}

static int
load_below(struct content *c, const char *dir, const char *folder, bool own,
           int (*put_one)(struct content *c, const char *dir, const char *file,
                          bool own, struct error *error),
           struct error *error)
{
	char *path;
	int r;

	if (asprintf(&path, "%s/%s", dir, folder) < 0)
		return -ENOMEM;
	r = load_folder(c, path, own, put_one, error);
	free(path);
	return r;
}

/* --- the language -------------------------------------------------------- */

/* `phrases/xx.yaml` of a locale's name. Return: whether it is there. */
static bool file_of(const char *dir, const char *locale, char *ret, size_t len)
{
	char path[PATH_MAX];
	size_t n = strspn(locale, "abcdefghijklmnopqrstuvwxyz");

	if (n < 2 || n >= ROUTINE_LANGUAGE_MAX)
		return false;
	snprintf(ret, len, "phrases/%.*s.yaml", (int)n, locale);
	return snprintf(path, sizeof path, "%s/%s", dir, ret) <
	               (int)sizeof path &&
	       access(path, R_OK) == 0;
}

/* What the person chose, or their locale's where it is spoken, or English. */
static void language_file(const char *dir, char *ret, size_t len)
{
	static const char *const names[] = {"LULL_LANGUAGE", "LC_ALL",
	                                    "LC_MESSAGES", "LANG"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const char *locale = getenv(names[i]);

		if (locale && *locale && file_of(dir, locale, ret, len))
			return;
	}
	snprintf(ret, len, "phrases/%s.yaml", LANGUAGE_DEFAULT);
}

/* --- public -------------------------------------------------------------- */

static int load(struct content *c, const char *dir, const char *own_dir,
                struct error *error)
{
	char said[64];
	int r;

	c->book = calloc(1, sizeof *c->book);
	if (!c->book)
		return -ENOMEM;
	sha256_init(&c->sha);
	language_file(dir, said, sizeof said);
	r = load_part(c, dir, "techniques.yaml", techniques_file, error);
	if (!r)
		r = load_part(c, dir, "questions.yaml", questions_file, error);
	if (!r)
		r = load_part(c, dir, said, phrases_file, error);
	if (r < 0)
		return r;

	r = load_below(c, dir, "routines", false, put_file, error);
	/* ours were held against our own techniques; theirs may use all */
	if (!r && own_dir)
		r = load_below(c, own_dir, "techniques", true, put_techniques,
		               error);
	if (!r && own_dir)
		r = load_below(c, own_dir, "routines", true, put_file, error);
	return r;
}

int content_load(struct content **ret, const char *dir, const char *own_dir,
                 struct error *error)
{
	struct content *c = calloc(1, sizeof *c);
	int r = c ? load(c, dir, own_dir, error) : -ENOMEM;

	if (r == -ENOMEM)
		error_set(error, "%s: out of memory", dir);
	if (r < 0) {
		content_destroy(c);
		return r;
	}
	*ret = c;
	return 0;
}

struct content *content_destroy(struct content *c)
{
	if (!c)
		return NULL;
	routine_destroy(c->book);
	for (size_t i = 0; i < c->n_entries; i++)
		entry_finish(&c->entries[i]);
	free(c->entries);
	free(c);
	return NULL;
}

static bool holds_content(const char *dir)
{
	char path[PATH_MAX + 20];

	snprintf(path, sizeof path, "%s/techniques.yaml", dir);
	return access(path, R_OK) == 0;
}

const char *content_dir(void)
{
	/* from build/lull, from build/tests, and from PREFIX/bin and
	   PREFIX/libexec/lull wherever that was moved to */
	static const char *const beside[] = {
		"../src/content", "../../src/content", "../share/lull/content",
		"../../share/lull/content"};
	static char path[PATH_MAX]; /* the same on every call */
	const char *set = getenv("LULL_CONTENT");
	char here[PATH_MAX - 32];

	if (set && *set)
		return set;
	if (paths_here(here, sizeof here))
		return LULL_DATADIR "/content";
	for (size_t i = 0; i < sizeof beside / sizeof beside[0]; i++) {
		snprintf(path, sizeof path, "%s/%s", here, beside[i]);
		if (holds_content(path))
			return path;
	}
	return LULL_DATADIR "/content";
}

const struct routine *content_book(const struct content *c)
{
	return c->book;
}

size_t content_routines(const struct content *c,
                        const struct content_entry **ret)
{
	*ret = c->entries;
	return c->n_entries;
}

int content_routine(const struct content *c, const char *id,
                    struct routine **ret, struct error *error)
{
	const struct content_entry *e = find(c, id);

	if (!e) {
		error_set(error,
		          "%.60s: there is no such routine: see lull routines",
		          id);
		return -ENOENT;
	}
	return content_check(c, e->path, ret, error);
}

int content_check_techniques(const struct content *c, const char *path,
                             struct error *error)
{
	struct yaml *y = NULL;
	int r = open_file(&y, path, NULL, error);

	if (!r)
		r = own_is_techniques(y) ? own_techniques(y, c->book, false)
		                         : 0;
	yaml_destroy(y);
	return r;
}

int content_check(const struct content *c, const char *path,
                  struct routine **ret, struct error *error)
{
	struct sha256 sha = c->sha;
	struct yaml *y = NULL;
	struct routine *routine = NULL;
	int r = open_file(&y, path, &sha, error);

	if (!r && own_is_techniques(y)) {
		r = own_techniques(y, c->book, false);
		if (r >= 0)
			yaml_fail(y, NULL, "file",
			          "expected a routine, found techniques");
		r = yaml_status(y);
	} else if (!r) {
		r = read_routine(y, c->book, &routine);
	}
	yaml_destroy(y);
	if (r < 0)
		return r;
	sha256_hex(&sha, routine->content_sha);
	*ret = routine;
	return 0;
}

int content_labels(const struct routine *r, char *ret, size_t len)
{
	int n = snprintf(ret, len, "%s/phrases/%s.labels", content_dir(),
	                 r->language[0] ? r->language : LANGUAGE_DEFAULT);

	return n < (int)len ? 0 : -ENAMETOOLONG;
}
