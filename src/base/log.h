/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_BASE_LOG_H
#define LULL_BASE_LOG_H

/**
 * One line on stderr, with the `<n>` priority that the journal reads when
 * stderr is not a terminal. Heart data is never above debug; debug lines are
 * written only with LULL_DEBUG set. Any thread; each line is one write().
 */
enum log_level {
	LOG_LEVEL_ERROR = 3,
	LOG_LEVEL_WARNING,
	LOG_LEVEL_INFO = 6,
	LOG_LEVEL_DEBUG
};

__attribute__((format(printf, 2, 3))) void log_line(enum log_level level,
                                                    const char *format, ...);

#endif
