/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_AUDIO_BACKEND_H
#define LULL_AUDIO_BACKEND_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/**
 * The backend: PortAudio, in a process of its own.
 *
 * What sound systems do when they fail cannot be lived with: an ALSA
 * configuration without any pcm makes Pa_Initialize() abort; a USB card that
 * is pulled makes the ALSA host API loop for ever (PortAudio issue 1037); a
 * JACK server that dies makes Pa_StopStream() wait for ten minutes (820); a
 * device list is only read anew after Pa_Terminate() (447). A process can be
 * ended, whatever it does, and the next one begins afresh.
 */
struct backend {
	pid_t pid; /**< 0: there is none */
	int fd;    /**< the parent's end; closed, it asks the child to end */
};

/** Runs in the child, PortAudio being initialised. It ends soon after
 * backend_asked(); its memory is the parent's as of the fork, and its own.
 * Return: 0 or negative errno. */
typedef int backend_body(void *data, int fd);

/**
 * backend_start() - a child that runs @body and ends
 * @error: in shared memory: negative errno of what ended it
 *
 * The child has no descriptor of the parent's, prints nothing, and takes no
 * signal of its handlers. Loop thread; the parent's other threads do not
 * exist in the child.
 *
 * Return: 0, -EAGAIN, -ENOMEM, -EMFILE: no child can be had.
 */
int backend_start(struct backend *b, backend_body *body, void *data,
                  _Atomic int *error);
/** backend_asked() - in the child: has the parent asked to end, or died?
 * Waits @wait_ms for it. */
bool backend_asked(int fd, int wait_ms);
/** backend_told() - in the child: wait to be told to go on. Return: false if it
 * is asked to end, or the parent died. */
bool backend_told(int fd);
/** backend_tell() - tell the child to go on, once. Loop thread. */
void backend_tell(const struct backend *b);
/** backend_alive() - is there a child? */
bool backend_alive(struct backend *b);
/** backend_end() - ask it to end, wait @wait_us for that, then kill it. Takes
 * one that has ended. */
void backend_end(struct backend *b, uint64_t wait_us);

#endif
