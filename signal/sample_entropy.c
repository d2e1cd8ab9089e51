/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "signal/sample_entropy.h"
