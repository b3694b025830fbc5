/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "client/remote-client.h"

G_BEGIN_DECLS

/* Most models, and characters of a name. */
#define MODEL_LIST_MAX 1000
#define MODEL_LIST_MAX_NAME 200

/**
 * model_list_fetch:
 * @element: an element with the properties of a #RemoteClient, in any state
 *
 * Asks the server of @element for its models, at `/v1/models` or, if there is no such path, at
 * `/api/tags`. Blocks for up to twice the property `timeout`. Logs a failure.
 *
 * Returns: (transfer full) (nullable): their names; %NULL if the server cannot be asked
 */
GStrv model_list_fetch (GstElement *element);

/**
 * model_list_parse:
 * @text: body of a response, followed by a NUL
 * @length: its length, without the NUL
 *
 * Returns: (transfer full) (nullable): the names; %NULL if it is no list of models
 */
GStrv model_list_parse (const char *text, gsize length);

G_END_DECLS
