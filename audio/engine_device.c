/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "audio/engine_device.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "audio/report.h"

#define LATENCY_S     0.05 /* of a device with a buffer of its own */
#define LATENCY_MAX_S 0.2  /* audio.md 2: what is reported may be garbage */
#define CHANNELS_MAX  8

int engine_error(PaError error)
{
	switch (error) {
	case paNoError:
		return 0;
	case paInsufficientMemory:
		return -ENOMEM;
	case paDeviceUnavailable:
		return -EBUSY;
	case paInvalidDevice:
		return -ENODEV;
	default:
		return -EIO;
	}
}

/* What a person calls a host API; PortAudio has long names for some. */
static const char *api_name(const PaHostApiInfo *info)
{
	switch (info->type) {
	case paALSA:
		return "ALSA";
	case paJACK:
		return "JACK";
	case paOSS:
		return "OSS";
	default:
		return info->name;
	}
}

static bool api_is(const PaHostApiInfo *info, const char *name)
{
	return strcasecmp(name, api_name(info)) == 0;
}

static bool plays(PaDeviceIndex i)
{
	const PaDeviceInfo *d = Pa_GetDeviceInfo(i);

	return d && d->maxOutputChannels > 0;
}

static PaDeviceIndex default_of(const char *api)
{
	for (PaHostApiIndex i = 0; i < Pa_GetHostApiCount(); i++) {
		const PaHostApiInfo *info = Pa_GetHostApiInfo(i);

		if (info && api_is(info, api) &&
		    plays(info->defaultOutputDevice))
			return info->defaultOutputDevice;
	}
	return paNoDevice;
}

static bool suits(PaDeviceIndex i, const char *api, const char *name,
                  bool whole)
{
	const PaDeviceInfo *d = Pa_GetDeviceInfo(i);

	if (!plays(i))
		return false;
	if (api && !api_is(Pa_GetHostApiInfo(d->hostApi), api))
		return false;
	if (!name)
		return true;
	return whole ? strcmp(d->name, name) == 0 : !!strstr(d->name, name);
}

static PaDeviceIndex find(const char *api, const char *name)
{
	PaDeviceIndex n = Pa_GetDeviceCount();

	for (PaDeviceIndex i = 0; i < n; i++)
		if (suits(i, api, name, true))
			return i;
	for (PaDeviceIndex i = 0; i < n; i++)
		if (suits(i, api, name, false))
			return i;
	return paNoDevice;
}

PaDeviceIndex engine_choose(const struct engine_config *config)
{
	PaDeviceIndex i;

	if (config->device)
		return find(config->api, config->device);
	if (config->api) {
		i = default_of(config->api);
		return i != paNoDevice ? i : find(config->api, NULL);
	}
	i = default_of("jack");
	if (i == paNoDevice)
		i = default_of("alsa");
	return i != paNoDevice ? i : find(NULL, NULL);
}

void engine_name(PaDeviceIndex i, char *ret, size_t len)
{
	const PaDeviceInfo *d = Pa_GetDeviceInfo(i);

	snprintf(ret, len, "%s: %s", api_name(Pa_GetHostApiInfo(d->hostApi)),
	         d->name);
}

PaDeviceIndex engine_named(const char *name)
{
	PaDeviceIndex n = Pa_GetDeviceCount();
	char own[REPORT_NAME_MAX];

	for (PaDeviceIndex i = 0; i < n; i++) {
		if (!plays(i))
			continue;
		engine_name(i, own, sizeof(own));
		if (strcmp(own, name) == 0)
			return i;
	}
	return paNoDevice;
}

bool engine_is(PaDeviceIndex i, PaHostApiTypeId type)
{
	return Pa_GetHostApiInfo(Pa_GetDeviceInfo(i)->hostApi)->type == type;
}

int engine_most(PaDeviceIndex i)
{
	int n = Pa_GetDeviceInfo(i)->maxOutputChannels;

	return n < CHANNELS_MAX ? n : CHANNELS_MAX;
}

static PaTime latency_of(PaDeviceIndex i)
{
	PaTime s = engine_is(i, paALSA)
	                   ? LATENCY_S
	                   : Pa_GetDeviceInfo(i)->defaultLowOutputLatency;

	if (!(s > 0.0)) /* also what is not a number */
		return LATENCY_S;
	return s < LATENCY_MAX_S ? s : LATENCY_MAX_S;
}

PaStreamParameters engine_output(PaDeviceIndex i)
{
	return (PaStreamParameters){
		.device = i,
		.channelCount = engine_most(i) < 2 ? 1 : 2,
		.sampleFormat = paFloat32,
		.suggestedLatency = latency_of(i),
	};
}

int engine_rate(PaDeviceIndex i, unsigned wanted_hz, unsigned *ret_hz)
{
	PaStreamParameters p = engine_output(i);
	double own = Pa_GetDeviceInfo(i)->defaultSampleRate;
	PaError error = Pa_IsFormatSupported(NULL, &p, wanted_hz);

	if (error == paInvalidSampleRate && own >= 1.0) {
		wanted_hz = (unsigned)own;
		error = paNoError;
	}
	if (error ==
	    paInvalidChannelCount) /* it may take more: opening tells */
		error = paNoError;
	if (error)
		return engine_error(error);
	*ret_hz = wanted_hz;
	return 0;
}
