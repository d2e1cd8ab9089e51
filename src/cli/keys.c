/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/keys.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const struct {
	char key;
	const char *word;
} words[] = {
	{'s', "skip"},  {'e', "easier"}, {'q', "quieter"}, {'l', "louder"},
	{'-', "less"},  {'+', "more"},   {'u', "hush"},    {'h', "hurts"},
	{'d', "dizzy"}, {'x', "stop"},
};

const char *keys_word(char key)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (words[i].key == key)
			return words[i].word;
	return NULL;
}

const char *keys_words(void)
{
	return "p pause/resume  s skip  e easier  q quieter  l louder  "
	       "u hush\n- less talk  + more talk  h hurts  d dizzy  x stop";
}

static bool is_number(const char *text)
{
	return *text && strspn(text, "0123456789") == strlen(text);
}

static bool taken(const struct keys *k, const char *label)
{
	for (size_t i = 0; i < k->n; i++)
		if (strcmp(k->labels[i], label) == 0)
			return true;
	return false;
}

static void label(struct keys *k, const char *choice, char *ret, size_t len)
{
	if (is_number(choice)) {
		snprintf(ret, len, "%s", choice);
		return;
	}
	snprintf(ret, len, "%c", tolower((unsigned char)choice[0]));
	if (!isalpha((unsigned char)ret[0]) || taken(k, ret))
		for (size_t n = k->n + 1; n == k->n + 1 || taken(k, ret); n++)
			snprintf(ret, len, "%zu", n % 1000);
}

void keys_init(struct keys *k, const char *const *choices)
{
	*k = (struct keys){0};
	for (; *choices && k->n < ROUTINE_CHOICES_MAX; choices++) {
		char text[8];

		label(k, *choices, text, sizeof(text));
		memcpy(k->labels[k->n], text, sizeof(text));
		k->choices[k->n++] = *choices;
	}
}

void keys_choices(const struct keys *k, char *ret, size_t len)
{
	size_t used = 0;

	*ret = '\0';
	for (size_t i = 0; i < k->n && used < len; i++) {
		bool same = strcmp(k->labels[i], k->choices[i]) == 0;

		used += (size_t)snprintf(ret + used, len - used, "%s%s%s%s",
		                         i ? "   " : "", k->labels[i],
		                         same ? "" : " ",
		                         same ? "" : k->choices[i]);
	}
	for (char *c = ret; *c; c++)
		if (*c == '_')
			*c = ' ';
}

static void forget(struct keys *k)
{
	k->n_typed = 0;
	k->typed[0] = '\0';
}

const char *keys_press(struct keys *k, char key)
{
	size_t fits = 0, at = 0, exact = k->n;

	if (key == '\b' || key == 127) {
		forget(k);
		return NULL;
	}
	if (key != '\n' && key != '\r') {
		if (k->n_typed + 1 >= sizeof(k->typed))
			forget(k);
		k->typed[k->n_typed++] = (char)tolower((unsigned char)key);
		k->typed[k->n_typed] = '\0';
	}
	for (size_t i = 0; i < k->n && k->n_typed; i++) {
		if (strncmp(k->labels[i], k->typed, k->n_typed) != 0)
			continue;
		fits++;
		at = i;
		if (strcmp(k->labels[i], k->typed) == 0)
			exact = i;
	}
	if (fits > 1 && key != '\n' && key != '\r')
		return NULL;
	if (fits == 0 || key == '\n' || key == '\r')
		at = exact;
	forget(k);
	return at < k->n && fits ? k->choices[at] : NULL;
}

const char *keys_line(const struct keys *k, const char *line)
{
	for (size_t i = 0; i < k->n; i++)
		if (strcasecmp(k->choices[i], line) == 0 ||
		    strcasecmp(k->labels[i], line) == 0)
			return k->choices[i];
	return NULL;
}
