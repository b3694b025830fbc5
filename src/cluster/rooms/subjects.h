/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <room/room-event.h>

G_BEGIN_DECLS

/* The stream of the logs of all rooms, and what it stores. */
#define HABLA_LOG_STREAM "habla_log"
#define HABLA_LOG_SUBJECTS "habla.log.>"

/* The log of a room; records that come too late for it; its live records; what its listeners on
 * other nodes read. */
#define HABLA_SUBJECT_LOG "habla.log.room"
#define HABLA_SUBJECT_LATE "habla.log.late"
#define HABLA_SUBJECT_LIVE "habla.live"
#define HABLA_SUBJECT_READERS "habla.readers"

/**
 * habla_subjects_make:
 * @kind: one of the above
 * @part: the name of a room in subjects
 *
 * Returns: (transfer full): the subject
 */
char *habla_subjects_make (const char *kind, const char *part);

/**
 * habla_subjects_encode_readers:
 * @node: name of a node
 * @readers: (nullable) (element-type HablaReaders): what its listeners read
 *
 * Returns: (transfer full): a line with @node, and one for each language
 */
char *habla_subjects_encode_readers (const char *node, GArray *readers);

/**
 * habla_subjects_decode_readers:
 * @text: (transfer none): from outside
 * @lines: (out) (transfer full) (array zero-terminated=1): owns the texts of the result; the first
 * is the name of the node
 *
 * Returns: (transfer full) (nullable) (element-type HablaReaders): the readers; %NULL if @text is
 *   damaged
 */
GArray *habla_subjects_decode_readers (const char *text, GStrv *lines);

G_END_DECLS
