/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_TESTS_LAB_STRAP_HRM_H
#define LULL_TESTS_LAB_STRAP_HRM_H

#include "tests/lab/heart.h"
#include "tests/lab/strap_att.h"

/**
 * What a strap knows of the heart, and the Heart Rate Measurements that it
 * makes of that. Pure. Source: Heart Rate Service 1.0, 3.1.
 */

/** Beats that wait for the next packet. */
#define STRAP_HRM_WAITING 32
/** Most intervals of one packet. */
#define STRAP_HRM_RR_MAX ((STRAP_ATT_VALUE_MAX - 2) / 2)
/** As many as there are and fit. */
#define STRAP_HRM_PACK_ALL (-1)

struct strap_hrm {
	enum beat_contact contact; /**< what it says; BEAT_CONTACT_UNKNOWN: it
	                              has no such sensor */
	bool rate16, energy;
	int pack; /**< intervals a packet, no fewer; 0: it never sends any */
	double bpm;
	unsigned energy_kj;
	struct heart_beat waiting[STRAP_HRM_WAITING]; /**< oldest first */
	size_t n;
};

void strap_hrm_init(struct strap_hrm *h);

/**
 * strap_hrm_beat() - the heart beat
 * @send: it is to wait for the next packet, for which there must be room
 */
void strap_hrm_beat(struct strap_hrm *h, const struct heart_beat *beat,
                    bool send);

/**
 * strap_hrm_build() - the packet of this second
 * @ret_beats: how many of the waiting, from the oldest, it holds;
 *	strap_hrm_drop() them
 * Return: its length.
 */
size_t strap_hrm_build(struct strap_hrm *h, uint8_t ret[STRAP_ATT_VALUE_MAX],
                       size_t *ret_beats);

/** strap_hrm_drop() - the oldest @n wait no longer. */
void strap_hrm_drop(struct strap_hrm *h, size_t n);

#endif
