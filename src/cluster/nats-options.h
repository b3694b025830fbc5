/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "cluster/nats-types.h"

#include <nats/nats.h>

G_BEGIN_DECLS

/**
 * nats_options_new:
 * @options: of a link
 * @timeout: to connect, in milliseconds
 * @error: return location for a %HABLA_NATS_ERROR_FAILED
 *
 * Returns: (transfer full) (nullable): the same for nats.c; free it with natsOptions_Destroy()
 */
natsOptions *nats_options_new (const HablaNatsOptions *options, guint timeout, GError **error);

G_END_DECLS
