/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_BASE_PATHS_H
#define LULL_BASE_PATHS_H

#include <stddef.h>

/**
 * Where things are kept (INTERFACES, "Files"), by the XDG base directories;
 * a variable that is unset or not absolute falls back below $HOME.
 * Each writes a path into @ret. Return: 0, -ENOENT without a home folder, or
 * -ENAMETOOLONG.
 */
int paths_store(char *ret, size_t len); /**< STATE/lull/lull.db */
int paths_state(char *ret, size_t len,
                const char *leaf);       /**< STATE/lull/leaf */
int paths_clips(char *ret, size_t len);  /**< CACHE/lull */
int paths_config(char *ret, size_t len); /**< CONFIG/lull/config.yaml */
int paths_own(char *ret, size_t len);    /**< DATA/lull */
int paths_voice(char *ret, size_t len);  /**< DATA/lull/voice */

/** paths_here() - the folder of the program that runs. Return: 0, or -ENOENT or
    -ENAMETOOLONG. */
int paths_here(char *ret, size_t len);

/**
 * paths_program() - another program of ours: beside the one that runs, or in
 * libexec/lull where that is in bin
 * Return: 0; -ENOENT or -EACCES where it is not there, or is no program;
 * -ENAMETOOLONG.
 */
int paths_program(const char *name, char *ret, size_t len);

/** paths_make() - mkdir -p, each new folder 0700. Return: 0 or errno. */
int paths_make(const char *folder);

#endif
