/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_CONTENT_READ_H
#define LULL_CONTENT_READ_H

#include "content/yaml.h"
#include "session/routine.h"

/*
 * From YAML to the structs of session/routine.h. Each reader fills the part of
 * @into that it is named after and returns yaml_status(); what it filled
 * before a failure stays there, for routine_destroy().
 */

#define READ_ITEMS_MAX    128  /* techniques, cues, questions of a file */
#define READ_TEXT_MAX     400  /* bytes of a text */
#define READ_LONG_MAX     1500 /* of a stop screen, of the disclaimer */

#define READ_PRESSURE_MAX 10 /* of the scale */

/* @whole: of a stored routine. It holds what they say, where else a language's
   file does, and none of what the session came to ask for by name since. */
int read_techniques(struct yaml *y, const yaml_node_t *list, bool whole,
                    struct routine *into);
int read_cues(struct yaml *y, const yaml_node_t *list, bool whole,
              struct routine *into);
int read_questions(struct yaml *y, const yaml_node_t *list, bool whole,
                   struct routine *into);

/** read_said_techniques() - what those of @book say; none may be missing. */
int read_said_techniques(struct yaml *y, const yaml_node_t *list,
                         struct routine *book);
int read_said_questions(struct yaml *y, const yaml_node_t *list,
                        struct routine *book);

/** read_never_say() - checks the list; tests use it. */
int read_never_say(struct yaml *y, const yaml_node_t *list);

/**
 * read_routine() - a routine file, or with @book NULL a routine that is
 * complete in itself (JSON)
 * @book: techniques, cues and questions to copy from
 * @ret: destroy it
 * Return: 0, -EBADMSG, -ENOMEM.
 */
int read_routine(struct yaml *y, const struct routine *book,
                 struct routine **ret);

/* For the readers among themselves. */

/** read_string() - a copy of the text of @map's @key, which must be there. */
char *read_string(struct yaml *y, const yaml_node_t *map, const char *key,
                  size_t max);
void read_dose(struct yaml *y, const yaml_node_t *node, const char *field,
               struct dose *ret);
/** read_words() - likewise, and it must say something. */
char *read_words(struct yaml *y, const yaml_node_t *map, const char *key,
                 size_t max);
/** read_flag() - of a list, as a bit. */
uint32_t read_flag(struct yaml *y, const yaml_node_t *node, const char *field);
uint32_t read_flags(struct yaml *y, const yaml_node_t *node, const char *field);
/** read_bool_or_no() - false where it is absent. */
bool read_bool_or_no(struct yaml *y, const yaml_node_t *map, const char *key);
/** read_room() - calloc() that fails as @y does. */
void *read_room(struct yaml *y, size_t n, size_t size);
/** read_taken() - fails: @id was given before. */
void read_taken(struct yaml *y, const yaml_node_t *node, const char *id);
/** read_is_long() - whether this may be READ_LONG_MAX. */
bool read_is_long(const char *id);
/** read_check_answered() - that each cue by which a choice is answered is
    there. Cues and questions come from two files, either of them first. */
void read_check_answered(struct yaml *y, const yaml_node_t *list,
                         const struct routine *r);

#endif
