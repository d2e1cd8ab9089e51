/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_BASE_CONFIG_WRITE_H
#define LULL_BASE_CONFIG_WRITE_H

#include "base/error.h"

/**
 * config_write_sensor() - set the sensor in config.yaml
 * @uri: "": take the line out
 *
 * Every other line and every comment stays as it is; the file becomes 0600,
 * and is replaced at once or not at all. It is read back before it takes the
 * old one's place: one whose sensor line is of a kind that cannot be changed
 * (of several lines, or in braces) is left alone, and that is said.
 *
 * Return: 0; with @error: -EBADMSG also for a file that was wrong before,
 * -EINVAL for a URI that is too long, or the errno of the file.
 */
int config_write_sensor(const char *path, const char *uri, struct error *error);

/** config_write_memory() - what is remembered of the person begins at @from (a
    time as in base/date.h); "": with their first session. Else likewise. */
int config_write_memory(const char *path, const char *from,
                        struct error *error);

#endif
