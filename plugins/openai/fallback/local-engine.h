/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <habla/engine.h>

G_BEGIN_DECLS

/* The best installed engine on this machine. */
#define LOCAL_ENGINE_AUTO "auto"
/* No engine; gst-launch-1.0 cannot write an empty text without more quotes. */
#define LOCAL_ENGINE_NONE "none"

/**
 * LocalEngineRequest:
 * @kind: the kind of engine
 * @type: the class that it must have
 * @from: BCP 47 code
 * @to: (nullable): BCP 47 code, for a translator
 */
typedef struct {
  HablaEngineKind kind;
  GType type;
  const char *from;
  const char *to;
} LocalEngineRequest;

/**
 * local_engine_create:
 * @owner: the element that uses the engine, which becomes its parent
 * @request: the engine that is needed
 * @description: (nullable): the name of an element, with properties as in gst-launch-1.0, or
 *   %LOCAL_ENGINE_AUTO; %LOCAL_ENGINE_NONE, empty or %NULL = none
 * @error: return location for a %HABLA_ERROR_PARAMETER, or a %HABLA_ERROR_NOT_INSTALLED if no
 * engine of this machine has the languages
 *
 * Creates the engine that replaces a server. It stays in NULL: its owner calls the functions of its
 * class. Release it with local_engine_release().
 *
 * Returns: (transfer full) (nullable): the engine; %NULL without an error if there is none
 */
GstElement *local_engine_create (
    GstElement *owner, const LocalEngineRequest *request, const char *description, GError **error);

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

/**
 * local_engine_post_notice:
 * @owner: the element that uses the server
 * @name: of the element message: "habla/engine-degraded" or "habla/engine-recovered"
 * @fallback: name of the engine
 * @reason: (nullable): why the server failed
 *
 * Posts the message with the fields `engine` (string: name of the factory of @owner), `fallback`
 * and, if there is one, `reason` (strings).
 */
void local_engine_post_notice (
    GstElement *owner, const char *name, const char *fallback, const char *reason);

G_END_DECLS
