/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * HablaLogEntry:
 * @epoch: of the lease of the node that wrote it
 * @previous: sequence of the last entry of the log before @record
 * @sequence: of @record in the log; 0 if it is not there, and in the log itself
 * @record: (nullable): of the room; %NULL = the node has become the owner, or tells @previous only
 *
 * A record of a room, as nodes exchange it: a line with three numbers, and the record.
 */
typedef struct {
  guint64 epoch;
  guint64 previous;
  guint64 sequence;
  GBytes *record;
} HablaLogEntry;

/**
 * habla_log_entry_encode:
 * @self: an entry
 *
 * Returns: (transfer full): the message
 */
GBytes *habla_log_entry_encode (const HablaLogEntry *self);

/**
 * habla_log_entry_decode:
 * @self: (out caller-allocates): free it with habla_log_entry_clear()
 * @message: from outside
 *
 * Returns: whether @message is an entry; the record is not checked
 */
gboolean habla_log_entry_decode (HablaLogEntry *self, GBytes *message);

/**
 * habla_log_entry_clear:
 * @self: an entry
 */
void habla_log_entry_clear (HablaLogEntry *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (HablaLogEntry, habla_log_entry_clear)

G_END_DECLS
