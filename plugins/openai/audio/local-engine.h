/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <habla/engine.h>

G_BEGIN_DECLS

/* The best installed engine on this machine. */
#define LOCAL_ENGINE_AUTO "auto"
/* No engine; gst-launch-1.0 cannot write an empty text without more quotes. */
#define LOCAL_ENGINE_NONE "none"

/**
 * local_engine_create:
 * @owner: the element that uses the engine, which becomes its parent
 * @kind: the kind of engine
 * @type: the class that the engine must have
 * @description: (nullable): the name of an element, with properties as in gst-launch-1.0, or
 *   %LOCAL_ENGINE_AUTO; %LOCAL_ENGINE_NONE, empty or %NULL = none
 * @language: BCP 47 code
 * @error: return location for a %HABLA_ERROR_PARAMETER or a %HABLA_ERROR_NOT_INSTALLED
 *
 * Creates the engine that replaces a server. It stays in NULL: its owner calls the functions of its
 * class. Release it with local_engine_release().
 *
 * Returns: (transfer full) (nullable): the engine; %NULL without an error if there is none
 */
GstElement *local_engine_create (GstElement *owner, HablaEngineKind kind, GType type,
    const char *description, const char *language, GError **error);

/**
 * local_engine_release:
 * @engine: (transfer full) (nullable): an engine whose functions do not run
 */
void local_engine_release (GstElement *engine);

/**
 * local_engine_get_name:
 * @engine: (nullable): an engine
 *
 * Returns: (transfer none): the name of its element factory; "none" if there is no engine
 */
const char *local_engine_get_name (GstElement *engine);

G_END_DECLS
