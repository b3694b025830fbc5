/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Most characters of a topic. */
#define TOPIC_MAX_LENGTH 400

/**
 * TopicFunc:
 * @cancellable: cancelled when a text needs the server
 * @user_data: user data
 *
 * Asks for the topic, and uses the answer. Called on a thread of the #TopicWriter.
 *
 * Returns: whether there was an answer, or a failure that is not to be repeated soon; %FALSE if it
 *   was cancelled
 */
typedef gboolean (*TopicFunc) (GCancellable *cancellable, gpointer user_data);

/**
 * TopicWriter:
 *
 * Decides when a model summarises the lesson: after so many texts, while it translates none. A text
 * that comes meanwhile cancels the summary, which is tried again after that text, a few times. Any
 * thread may call its functions, unless documented otherwise.
 */
typedef struct _TopicWriter TopicWriter;

/**
 * topic_writer_new:
 * @func: asks for the topic
 * @user_data: passed to @func
 *
 * Returns: (transfer full): a writer
 */
TopicWriter *topic_writer_new (TopicFunc func, gpointer user_data);

/**
 * topic_writer_free:
 * @self: (transfer full): a stopped writer
 */
void topic_writer_free (TopicWriter *self);

/**
 * topic_writer_begin_text:
 * @self: a writer
 *
 * A text is about to be translated by the server: cancels a summary. Call topic_writer_end_text()
 * after it.
 */
void topic_writer_begin_text (TopicWriter *self);

/**
 * topic_writer_end_text:
 * @self: a writer
 * @good: whether the server has translated it
 */
void topic_writer_end_text (TopicWriter *self, gboolean good);

/**
 * topic_writer_add_exchange:
 * @self: a writer
 * @interval: number of exchanges from one summary to the next; 0 = write none
 *
 * Counts an exchange. If it is time, and the server translates no text and worked for the last one,
 * starts a summary.
 */
void topic_writer_add_exchange (TopicWriter *self, guint interval);

/**
 * topic_writer_forget:
 * @self: a writer
 *
 * Cancels a summary, without waiting for its end, and forgets the exchanges.
 */
void topic_writer_forget (TopicWriter *self);

/**
 * topic_writer_stop:
 * @self: a writer to which no texts are added
 *
 * Cancels a summary, waits for its end, and forgets the exchanges.
 */
void topic_writer_stop (TopicWriter *self);

/**
 * topic_clean:
 * @text: (nullable): the answer of a model
 *
 * Returns: (transfer full) (nullable): the topic in one line, of at most %TOPIC_MAX_LENGTH
 *   characters, without reasoning; %NULL if there is none
 */
char *topic_clean (const char *text);

G_END_DECLS
