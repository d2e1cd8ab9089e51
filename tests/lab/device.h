/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_TESTS_LAB_DEVICE_H
#define LULL_TESTS_LAB_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/**
 * What a virtual device is to the lab: a name, a pipe that it takes commands
 * from, a log of what befell it, and its truth (heart.h).
 *
 *	FOLDER/NAME.in         commands, one a line
 *	FOLDER/out/NAME.log    `SECONDS NAME what…`
 *	FOLDER/out/NAME.truth
 */
struct device {
	const char *name;
	FILE *log, *truth; /**< line buffered */
	int commands;      /**< readable when there may be one; never ends */
	char text[512];    /**< read, and no whole line yet */
	size_t len;
};

#define DEVICE_COMMAND_MAX 128

/**
 * device_open() - make the pipe and begin the files
 * @name: outlives it
 * Return: 0 or negative errno.
 */
int device_open(struct device *d, const char *folder, const char *name);

/** device_close() - also what failed to open, if it was all zeros. */
void device_close(struct device *d);

/** device_now_us() - CLOCK_MONOTONIC, the clock of log and truth. */
uint64_t device_now_us(void);

/** device_say() - one line of the log. */
void device_say(const struct device *d, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * device_command() - the next command that came
 * @ret: without its newline; one that is too long comes shortened
 * Return: whether there was one.
 */
bool device_command(struct device *d, char ret[DEVICE_COMMAND_MAX]);

/**
 * device_argument() - is this command that word?
 * Return: what stands behind it, "" if nothing does; NULL: another word.
 */
const char *device_argument(const char *command, const char *word);

#endif
