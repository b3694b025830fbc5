/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Sample rates that are accepted, in Hz, in a container and as raw PCM. A lower rate would turn few
 * bytes into much work. */
#define HABLA_MIN_SAMPLE_RATE 8000
#define HABLA_MAX_SAMPLE_RATE 192000
