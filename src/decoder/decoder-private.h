/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <decoder/decoder.h>

G_BEGIN_DECLS

/**
 * habla_decoder_set_timeout:
 * @timeout: in ms, of decoders created afterwards; for tests
 */
void habla_decoder_set_timeout (guint timeout);

G_END_DECLS
