/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_CONTENT_YAML_H
#define LULL_CONTENT_YAML_H

#include <stdbool.h>
#include <stddef.h>

#include <yaml.h>

#include "base/error.h"

/**
 * A small strict reader over libyaml's documents, for files that people write.
 *
 * The first failure stays: it fills the error and every later call does
 * nothing and gives an empty value, so that a reader asks for all it wants
 * and looks at yaml_status() once. A NULL node counts as already failed.
 */
struct yaml;

#define YAML_BYTES_MAX (1024 * 1024)
#define YAML_DEPTH_MAX 16

/**
 * yaml_load() - parse one document
 * @name: of the file, for errors; copied
 * @error: filled by this and every later failure; outlives @ret; may be NULL
 *
 * Refused: more than YAML_BYTES_MAX, none or two documents, deeper than
 * YAML_DEPTH_MAX, anchors, aliases, tags, anything but UTF-8.
 *
 * Return: 0, -EFBIG, -EBADMSG, -ENOMEM.
 */
int yaml_load(struct yaml **ret, const char *name, const char *text, size_t len,
              struct error *error);
struct yaml *yaml_destroy(struct yaml *y);

/** yaml_slurp() - a regular file of at most YAML_BYTES_MAX
    @ret: malloc()ed. Return: 0, -EFBIG, -EBADMSG if it is no file, -errno. */
int yaml_slurp(const char *path, char **ret, size_t *ret_len,
               struct error *error);

/** yaml_status() - 0, or the first failure: -EBADMSG, -ENOMEM. */
int yaml_status(const struct yaml *y);

/** yaml_fail() - "FILE: line N: FIELD: ..." at @node (NULL: the root). */
__attribute__((format(printf, 4, 5))) void yaml_fail(struct yaml *y,
                                                     const yaml_node_t *node,
                                                     const char *field,
                                                     const char *format, ...);
void yaml_no_memory(struct yaml *y);

const yaml_node_t *yaml_root(struct yaml *y);

/** yaml_map() - a mapping with none but @keys (NULL-ended, at most 64), each
    once */
bool yaml_map(struct yaml *y, const yaml_node_t *node, const char *what,
              const char *const *keys);
/** yaml_get() - the value of @key; NULL if absent. */
const yaml_node_t *yaml_get(struct yaml *y, const yaml_node_t *map,
                            const char *key);
/** yaml_need() - and a failure if absent. */
const yaml_node_t *yaml_need(struct yaml *y, const yaml_node_t *map,
                             const char *key);

/** yaml_list() - length of a list of @min to @max items; 0 on failure. */
size_t yaml_list(struct yaml *y, const yaml_node_t *node, const char *field,
                 size_t min, size_t max);
const yaml_node_t *yaml_item(struct yaml *y, const yaml_node_t *list, size_t i);

/** yaml_text() - a scalar of at most @max bytes, on one line, of printable
    characters; "" on failure. Lives as long as @y. */
const char *yaml_text(struct yaml *y, const yaml_node_t *node,
                      const char *field, size_t max);
/** yaml_id() - copied into @ret: [a-z0-9_.]+ that fits @size with its NUL. */
void yaml_id(struct yaml *y, const yaml_node_t *node, const char *field,
             char *ret, size_t size);
double yaml_number(struct yaml *y, const yaml_node_t *node, const char *field,
                   double min, double max);
int yaml_int(struct yaml *y, const yaml_node_t *node, const char *field,
             int min, int max);
bool yaml_bool(struct yaml *y, const yaml_node_t *node, const char *field);

#endif
