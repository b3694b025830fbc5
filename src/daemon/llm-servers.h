/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <daemon/settings.h>
#include <llm/llm.h>

G_BEGIN_DECLS

/**
 * habla_llm_servers_new:
 * @settings: settings
 * @error: return location for a %G_FILE_ERROR or %HABLA_SETTINGS_ERROR: the key cannot be read, or
 *   others can read it
 *
 * Reads the key. Blocks on its file.
 *
 * Returns: (transfer full) (nullable): the servers of [llm]
 */
HablaLlm *habla_llm_servers_new (const HablaSettings *settings, GError **error);

G_END_DECLS
