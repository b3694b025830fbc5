/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "api/api-private.h"

G_BEGIN_DECLS

/**
 * habla_api_export_vocabulary_anki:
 * @request: a request for /api/vocab/export/anki
 *
 * The route's handler; see vocabulary-export.c.
 */
void habla_api_export_vocabulary_anki (const HablaRequest *request);

/**
 * habla_api_export_vocabulary_json:
 * @request: a request for /api/vocab/export/json
 *
 * The route's handler; see vocabulary-export.c.
 */
void habla_api_export_vocabulary_json (const HablaRequest *request);

G_END_DECLS
