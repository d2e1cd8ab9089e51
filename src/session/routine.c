/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/routine.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A.0: from 4 on a press is firm. */
#define PRESSURE_FIRM 4

static const char *const flags[FLAGS] = {
	[FLAG_PREG] = "preg",
	[FLAG_ANTICOAG] = "anticoag",
	[FLAG_CAROTID] = "carotid",
	[FLAG_FAINT] = "faint",
	[FLAG_NECK_INJURY] = "neck_injury",
	[FLAG_NECK_UNSTABLE] = "neck_unstable",
	[FLAG_ICP] = "icp",
	[FLAG_SKIN] = "skin",
	[FLAG_FEVER] = "fever",
	[FLAG_GCA] = "gca",
	[FLAG_TMJ] = "tmj",
	[FLAG_EYE] = "eye",
	[FLAG_SHOULDER] = "shoulder",
	[FLAG_NUMB] = "numb",
	[FLAG_CANCER] = "cancer",
	[FLAG_ALLODYNIA] = "allodynia",
	[FLAG_AGE65] = "age65",
	[FLAG_LUNG] = "lung",
	[FLAG_PACER] = "pacer",
	[FLAG_AF] = "af",
	[FLAG_BETA] = "beta",
	[FLAG_PANIC] = "panic",
	[FLAG_EPILEPSY] = "epilepsy",
	[FLAG_MINOR] = "minor",
	[FLAG_NO_TOUCH] = "no_touch",
	[FLAG_NAUSEA] = "nausea",
	[FLAG_AURA] = "aura",
	[FLAG_NO_BALLS] = "no_balls",
};

static const char *const modes[MODES] = {
	[MODE_STILL] = "still",     [MODE_STROKE] = "stroke",
	[MODE_SQUEEZE] = "squeeze", [MODE_HOLD] = "hold",
	[MODE_CIRCLE] = "circle",   [MODE_MOVE] = "move",
	[MODE_STRETCH] = "stretch", [MODE_BREATHE] = "breathe",
};

static const char *const sigs[SIGS] = {
	[SIG_GOOD] = "good",
	[SIG_FAIR] = "fair",
	[SIG_POOR] = "poor",
};

static const char *const variants[VARIANTS] = {
	[VARIANT_FULL] = "full",       [VARIANT_BRIEF] = "brief",
	[VARIANT_MINIMAL] = "minimal", [VARIANT_LIGHT] = "light",
	[VARIANT_EASE] = "ease",
};

static const char *const breaths[BREATH_MODES] = {
	[BREATH_NAT] = "nat",        [BREATH_OWN] = "own",
	[BREATH_HOLD] = "hold_rate", [BREATH_FOLLOW] = "follow",
	[BREATH_WALK] = "walk",
};

static const char *const talks[TALKS] = {
	[TALK_AUTO] = "auto",       [TALK_WEEK] = "week",
	[TALK_FULL] = "full",       [TALK_BRIEF] = "brief",
	[TALK_MINIMAL] = "minimal",
};

static const char *const session_modes[SESSION_MODES] = {
	[SESSION_MODE_AUTO] = "auto",  [SESSION_TENSION] = "tension",
	[SESSION_ATTACK] = "attack",   [SESSION_SIGNS] = "signs",
	[SESSION_BETWEEN] = "between", [SESSION_NIGHT] = "night",
};

static const char *name_of(const char *const *names, int n, int i)
{
	return i >= 0 && i < n ? names[i] : NULL;
}

static int index_of(const char *const *names, int n, const char *name)
{
	for (int i = 0; name && i < n; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	return -EINVAL;
}

const char *flag_name(enum flag flag)
{
	return name_of(flags, FLAGS, (int)flag);
}

int flag_from(const char *name, enum flag *ret)
{
	int i = index_of(flags, FLAGS, name);

	if (i < 0)
		return i;
	*ret = (enum flag)i;
	return 0;
}

const char *technique_mode_name(enum technique_mode mode)
{
	return name_of(modes, MODES, (int)mode);
}

int technique_mode_from(const char *name, enum technique_mode *ret)
{
	int i = index_of(modes, MODES, name);

	if (i < 0)
		return i;
	*ret = (enum technique_mode)i;
	return 0;
}

const char *technique_sig_name(enum technique_sig sig)
{
	return name_of(sigs, SIGS, (int)sig);
}

int technique_sig_from(const char *name, enum technique_sig *ret)
{
	int i = index_of(sigs, SIGS, name);

	if (i < 0)
		return i;
	*ret = (enum technique_sig)i;
	return 0;
}

const char *variant_name(enum variant v)
{
	return name_of(variants, VARIANTS, (int)v);
}

int variant_from(const char *name, enum variant *ret)
{
	int i = index_of(variants, VARIANTS, name);

	if (i < 0)
		return i;
	*ret = (enum variant)i;
	return 0;
}

const char *breath_mode_name(enum breath_mode mode)
{
	return name_of(breaths, BREATH_MODES, (int)mode);
}

int breath_mode_from(const char *name, enum breath_mode *ret)
{
	int i = index_of(breaths, BREATH_MODES, name);

	if (i < 0)
		return i;
	*ret = (enum breath_mode)i;
	return 0;
}

const char *verbosity_name(enum verbosity v)
{
	return name_of(talks, TALKS, (int)v);
}

int verbosity_from(const char *name, enum verbosity *ret)
{
	int i = index_of(talks, TALKS, name);

	if (i < 0)
		return i;
	*ret = (enum verbosity)i;
	return 0;
}

const char *session_mode_name(enum session_mode mode)
{
	return name_of(session_modes, SESSION_MODES, (int)mode);
}

int session_mode_from(const char *name, enum session_mode *ret)
{
	int i = index_of(session_modes, SESSION_MODES, name);

	if (i < 0)
		return i;
	*ret = (enum session_mode)i;
	return 0;
}

const char *phrase_text(const struct phrase *p, enum variant v, int w)
{
	if (w < 0 || w >= PHRASE_WORDINGS)
		return NULL;
	return w == 0 ? p->text[v] : p->more[v][w - 1];
}

int phrase_wordings(const struct phrase *p, enum variant v)
{
	int n = 0;

	if (!p->text[v] || !p->text[v][0])
		return 0;
	while (phrase_text(p, v, n))
		n++;
	return n;
}

static void phrase_finish(struct phrase *p)
{
	for (int v = 0; v < VARIANTS; v++) {
		free(p->text[v]);
		for (int k = 0; k < PHRASE_WORDINGS - 1; k++)
			free(p->more[v][k]);
	}
}

static void technique_finish(struct technique *t)
{
	free(t->name);
	free(t->region);
	free(t->position);
	free(t->hands);
	free(t->feel);
	free(t->stop);
	free(t->evidence);
	free(t->pace);
	free(t->reps);
	free(t->breath);
	free(t->src);
	phrase_finish(&t->phrase);
}

struct routine *routine_destroy(struct routine *r)
{
	if (!r)
		return NULL;
	for (size_t i = 0; i < r->n_techniques; i++)
		technique_finish(&r->techniques[i]);
	for (size_t i = 0; i < r->n_cues; i++)
		phrase_finish(&r->cues[i]);
	for (size_t i = 0; i < r->n_questions; i++)
		free(r->questions[i].text);
	free(r->techniques);
	free(r->cues);
	free(r->questions);
	free(r->name);
	free(r->goal);
	free(r->posture);
	free(r);
	return NULL;
}

const struct technique *routine_technique(const struct routine *r,
                                          const struct step *step)
{
	if (step->technique < 0 || (size_t)step->technique >= r->n_techniques)
		return NULL;
	return &r->techniques[step->technique];
}

const struct phrase *routine_phrase(const struct routine *r, const char *id)
{
	for (size_t i = 0; i < r->n_cues; i++)
		if (strcmp(r->cues[i].id, id) == 0)
			return &r->cues[i];
	for (size_t i = 0; i < r->n_techniques; i++)
		if (strcmp(r->techniques[i].phrase.id, id) == 0)
			return &r->techniques[i].phrase;
	return NULL;
}

const struct question *routine_question(const struct routine *r, const char *id)
{
	for (size_t i = 0; i < r->n_questions; i++)
		if (strcmp(r->questions[i].id, id) == 0)
			return &r->questions[i];
	return NULL;
}

int routine_step(const struct routine *r, int n)
{
	for (size_t i = 0; i < r->n_steps; i++)
		if (r->steps[i].n == n)
			return (int)i;
	return -1;
}

bool technique_firm(const struct technique *t)
{
	return (t->mode == MODE_HOLD || t->mode == MODE_SQUEEZE) &&
	       t->pressure_max >= PRESSURE_FIRM;
}

const char *technique_area(const struct technique *t)
{
	return t->area[0] ? t->area : t->id;
}
