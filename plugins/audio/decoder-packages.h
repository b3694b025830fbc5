/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * habla_decoder_packages_get_remedy:
 * @caps: caps of encoded audio, without a decoder in the registry
 *
 * Returns: (transfer full): the Debian packages that decode @caps, as the end of an error message;
 *   if there are none, that the recording needs conversion
 */
char *habla_decoder_packages_get_remedy (GstCaps *caps);

G_END_DECLS
