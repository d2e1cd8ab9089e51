/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_AUDIO_FLUSH_H
#define LULL_AUDIO_FLUSH_H

#include <stdint.h>

#ifdef __SSE__
#include <xmmintrin.h>
#endif

/**
 * Denormal numbers off, for the calling thread: a fading filter would
 * otherwise slow down a hundredfold. Live and offline both do it, so that
 * both give the same samples. RT safe.
 */

#define FLUSH_X86   0x8040u /**< FTZ | DAZ, Intel SDM vol. 1, 10.2.3 */
#define FLUSH_ARM64 (UINT64_C(1) << 24) /**< FPCR.FZ, Arm ARM C5.2.8 */

/** flush_on() - Return: the modes before, for flush_restore(). */
static inline uint64_t flush_on(void)
{
#if defined(__SSE__)
	unsigned before = _mm_getcsr();

	_mm_setcsr(before | FLUSH_X86);
	return before;
#elif defined(__aarch64__)
	uint64_t before;

	__asm__ volatile("mrs %0, fpcr" : "=r"(before));
	__asm__ volatile("msr fpcr, %0" : : "r"(before | FLUSH_ARM64));
	return before;
#else
	return 0;
#endif
}

static inline void flush_restore(uint64_t before)
{
#if defined(__SSE__)
	_mm_setcsr((unsigned)before);
#elif defined(__aarch64__)
	__asm__ volatile("msr fpcr, %0" : : "r"(before));
#else
	(void)before;
#endif
}

#endif
