/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * HablaPipelineTopic:
 *
 * The topic of a session, for the translators in a bin that use a language model: those with the
 * properties `topic` and `topic-interval`, as `openaitranslator` has. One of them writes it; all
 * get it. Any thread may use it.
 */
typedef struct _HablaPipelineTopic HablaPipelineTopic;

/**
 * habla_pipeline_topic_new:
 * @text: (nullable): the topic so far; %NULL or empty = unknown
 *
 * Returns: (transfer full): the topic
 */
HablaPipelineTopic *habla_pipeline_topic_new (const char *text);

/**
 * habla_pipeline_topic_unref:
 * @self: (transfer full): a topic
 */
void habla_pipeline_topic_unref (HablaPipelineTopic *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaPipelineTopic, habla_pipeline_topic_unref)

/**
 * habla_pipeline_topic_attach:
 * @self: a topic
 * @bin: a bin, which holds a reference to @self from now on
 *
 * Sets the topic of the translators in @bin, and of those that are added later, at any depth. Call
 * once for a bin.
 */
void habla_pipeline_topic_attach (HablaPipelineTopic *self, GstBin *bin);

/**
 * habla_pipeline_topic_set:
 * @self: a topic
 * @bin: the bin that it is attached to
 * @text: (nullable): the topic; empty = unknown; %NULL = a new session, whose topic is unknown
 *
 * Sets it in all translators, for the next text. In a new session, they forget the texts so far.
 * Does not block.
 */
void habla_pipeline_topic_set (HablaPipelineTopic *self, GstBin *bin, const char *text);

G_END_DECLS
