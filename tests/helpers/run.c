/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/helpers/test.h"

const char *run_path(void)
{
	const char *path = getenv("LULL");

	if (!path)
		path = "build/lull";
	if (access(path, X_OK) != 0) {
		print_message("skipped: no program %s here\n", path);
		skip();
	}
	return path;
}

void run_on(struct ran *ret, const char *bus, const char *home,
            const char *args)
{
	char command[2048];
	size_t n;
	FILE *f;

	snprintf(command, sizeof(command),
	         "env -u DBUS_SESSION_BUS_ADDRESS -u XDG_RUNTIME_DIR HOME=%s "
	         "XDG_STATE_HOME=%s/state XDG_CACHE_HOME=%s/cache "
	         "XDG_CONFIG_HOME=%s/config XDG_DATA_HOME=%s/data %s %s "
	         "2>&1 </dev/null %s",
	         home, home, home, home, home, bus, run_path(), args);
	f = popen(command, "r");
	assert_non_null(f);
	n = fread(ret->text, 1, sizeof(ret->text) - 1, f);
	ret->text[n] = '\0';
	ret->status = WEXITSTATUS(pclose(f));
}
