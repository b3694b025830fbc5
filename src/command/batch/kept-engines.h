/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * HablaKeptEngines:
 *
 * The loaded engines of a pipeline that has ended, for the next pipeline to share. Main thread
 * only.
 */
typedef struct _HablaKeptEngines HablaKeptEngines;

/**
 * habla_kept_engines_new:
 * @pipeline: a pipeline in PLAYING, after EOS
 *
 * Stops @pipeline except for its translators and synthesizers, which hold their engines while they
 * are running. Transcribers keep theirs as long as one of them exists.
 *
 * Returns: (transfer full): the engines
 */
HablaKeptEngines *habla_kept_engines_new (GstElement *pipeline);

/**
 * habla_kept_engines_free:
 * @self: (transfer full): the engines
 *
 * Unloads those that no other pipeline uses.
 */
void habla_kept_engines_free (HablaKeptEngines *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaKeptEngines, habla_kept_engines_free)

G_END_DECLS
