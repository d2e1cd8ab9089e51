/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_BASE_CONFIG_H
#define LULL_BASE_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

/**
 * config.yaml: what a person has set. Every key is optional; an unknown one
 * or a wrong value is an error with file, line and field.
 *
 *   sensor: "ble:"               # which strap is mine; quoted if it ends in :
 *   audio: {api: jack, device: system, rate: 48000}
 *   voice: {talk: auto|full|brief|minimal}
 *   levels: {master_db: 0, voice_db: 0, breath_db: 0, bed_db: 0}
 *   sound: {pacer: tone|breath|bow|silent, migraine: no|yes,
 *           bed: brown|pad|rain|sea|music|none, music: "FILE"}
 *   breath: {inhale_pct: 40, pause_in_pct: 0, pause_out_pct: 0}
 *   body: {worse_side: left|right}
 *   plan: {sessions_a_week: 5}
 *   memory_from: "2026-11-26T10:00:00+01:00"   # what was before is not used
 *   ant_network_key: "16 hexadecimal digits"
 */
struct config {
	char sensor[256];
	char audio_api[32];
	char audio_device[128];
	unsigned audio_rate_hz; /**< of the device; 0: 48000 */
	char talk[16];          /**< "" : auto */
	double master_db, voice_db, breath_db, bed_db; /**< -60 to 0 */
	char pacer[12], bed[12];            /**< as in audio/sound.h */
	char music[512];                    /**< a sound file, "": none */
	char migraine[4];                   /**< "yes" or "no" */
	double inhale_pct;                  /**< 30 to 60 */
	double pause_in_pct, pause_out_pct; /**< 0 to 20 of a breath */
	char worse_side[8];       /**< "left" or "right" (unless set) */
	unsigned sessions_a_week; /**< planned; 0: no plan */
	char memory_from[40];     /**< as in base/date.h; "": no limit */
	char ant_network_key[17]; /**< as it is written; "": not set */
};

/** The bytes of an ANT+ network key. */
#define CONFIG_ANT_KEY 8

/** config_ant_key() - @ret: its bytes. Return: whether one is set. */
bool config_ant_key(const struct config *c, uint8_t ret[CONFIG_ANT_KEY]);

/**
 * config_load() - read @path over the defaults
 *
 * @error: "path:line: field: expected what"; may be NULL
 *
 * Return: 0, also where there is no file; -EBADMSG, -EACCES, -EFBIG (over
 * 64 KiB), -ENOMEM or -EIO with @error, @ret holding the defaults.
 */
int config_load(const char *path, struct config *ret, struct error *error);

/** config_memory_s() - memory_from in Unix time; INT64_MIN where it is not
    set. */
int64_t config_memory_s(const struct config *c);

/** config_same() - do both say the same, their sensors aside? */
bool config_same(const struct config *a, const struct config *b);

#endif
