/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <decoder/decoder.h>

G_BEGIN_DECLS

/* For tests: the timeout of decoders that are created from now on, in milliseconds. */
void habla_decoder_set_timeout (guint timeout);

G_END_DECLS
