/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Largest data of a record, in bytes. */
#define HABLA_SPOOL_MAX_DATA (256 * 1024)

/**
 * HablaClusterSpool:
 *
 * Keeps records in a file while NATS cannot be reached, until they are published: a bounded queue
 * that survives a crash. A worker thread writes it. Belongs to the thread that creates it, and
 * calls back in its thread-default main context, never before a function returns.
 */
typedef struct _HablaClusterSpool HablaClusterSpool;

/**
 * HablaSpoolRecord:
 * @subject: where to publish it; not empty
 * @id: of the message
 * @data: at most %HABLA_SPOOL_MAX_DATA
 */
typedef struct {
  const char *subject;
  const char *id;
  GBytes *data;
} HablaSpoolRecord;

/**
 * HablaSpoolFunc:
 * @record: (nullable): the oldest one; %NULL if there is none, and for habla_cluster_spool_append()
 * @error: (nullable): what failed
 * @user_data: as passed
 */
typedef void (*HablaSpoolFunc) (
    const HablaSpoolRecord *record, const GError *error, gpointer user_data);

/**
 * habla_cluster_spool_new:
 * @path: of the file; it and its folder are created if they do not exist
 * @max_size: of the file, in bytes
 * @error: return location for a %G_IO_ERROR; see spool_file_open()
 *
 * Blocks on the disk: for the start of the program.
 *
 * Returns: (transfer full) (nullable): a spool with the records that an earlier one has left
 */
HablaClusterSpool *habla_cluster_spool_new (const char *path, guint64 max_size, GError **error);

/**
 * habla_cluster_spool_free:
 * @self: (transfer full): a spool
 *
 * Waits until all appended records are written. Calls nothing back from now on. May be called by a
 * function that it calls back.
 */
void habla_cluster_spool_free (HablaClusterSpool *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaClusterSpool, habla_cluster_spool_free)

/**
 * habla_cluster_spool_append:
 * @self: a spool
 * @record: copied
 * @func: called once: the record survives a crash, or @error is a %G_IO_ERROR_NO_SPACE if the file
 *   or the disk is full, a %G_IO_ERROR_BUSY if the disk is too slow, or another
 * @user_data: passed to @func
 *
 * Functions are called in the order of these calls, but at once for a %G_IO_ERROR_BUSY.
 */
void habla_cluster_spool_append (HablaClusterSpool *self, const HablaSpoolRecord *record,
    HablaSpoolFunc func, gpointer user_data);

/**
 * habla_cluster_spool_read:
 * @self: a spool
 * @func: called once with the oldest record, which stays in the spool
 * @user_data: passed to @func
 *
 * Records that were appended before are read, too.
 */
void habla_cluster_spool_read (HablaClusterSpool *self, HablaSpoolFunc func, gpointer user_data);

/**
 * habla_cluster_spool_remove:
 * @self: a spool
 *
 * Removes the record that was read last. After a crash it may come back: publish it with its @id
 * again then. No-op if the spool is empty.
 */
void habla_cluster_spool_remove (HablaClusterSpool *self);

/**
 * habla_cluster_spool_count:
 * @self: a spool
 *
 * Returns: the number of records, without those that are being written
 */
guint habla_cluster_spool_count (HablaClusterSpool *self);

/**
 * habla_cluster_spool_get_size:
 * @self: a spool
 *
 * Returns: the size of the file, in bytes
 */
guint64 habla_cluster_spool_get_size (HablaClusterSpool *self);

G_END_DECLS
