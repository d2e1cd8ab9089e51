/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * same_labels LABELS FULL: does each spoken form of LABELS expand to what
 * festival itself put out? FULL holds its labels, a line a sound, an empty
 * line behind each text.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audio/voice_label.h"

/* Without the times in front and the end of the line behind. */
static const char *bare(char *line)
{
	line[strcspn(line, "\n")] = '\0';
	line += strspn(line, " 0123456789");
	return line;
}

static int compare(const char *text, const char *spoken, FILE *full)
{
	char *line = NULL, **made;
	size_t room = 0, n, i;
	int bad = 0;

	if (voice_label_expand(spoken, &made, &n) < 0) {
		printf("%s: cannot be expanded\n", text);
		return 1;
	}
	for (i = 0; getline(&line, &room, full) > 0; i++) {
		const char *want = bare(line);

		if (!*want)
			break;
		if (!bad && (i >= n || strcmp(made[i], want) != 0)) {
			printf("%s: sound %zu:\n  %s\n  %s\n", text, i, want,
			       i < n ? made[i] : "(none)");
			bad = 1;
		}
	}
	if (!bad && i != n)
		printf("%s: %zu sounds, expected %zu\n", text, n, i);
	bad |= i != n;
	free(made);
	free(line);
	return bad;
}

int main(int argc, char **argv)
{
	FILE *labels = argc == 3 ? fopen(argv[1], "r") : NULL;
	FILE *full = argc == 3 ? fopen(argv[2], "r") : NULL;
	char *line = NULL;
	size_t room = 0, texts = 0, bad = 0;

	if (!labels || !full) {
		fputs("usage: same_labels LABELS FULL\n", stderr);
		return 2;
	}
	while (getline(&line, &room, labels) > 0) {
		char *tab = strchr(line, '\t');

		if (!tab || *line == '#')
			continue;
		*tab = '\0';
		line[strcspn(line, "\n")] = '\0';
		tab[1 + strcspn(tab + 1, "\n")] = '\0';
		bad += (size_t)compare(line, tab + 1, full);
		texts++;
	}
	printf("%zu texts, %zu unlike festival's\n", texts, bad);
	free(line);
	fclose(labels);
	fclose(full);
	return bad || !texts;
}
