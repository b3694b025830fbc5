/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Bytes of a second of what it gives: S16LE, one channel, %HABLA_RECORDING_RATE. */
#define HABLA_PLAYBACK_SECOND 32000

/**
 * HablaPlaybackSource:
 *
 * Reads files of audio, as samples. All functions may take their time: they are for worker
 * threads, one at a time.
 */
typedef struct _HablaPlaybackSource HablaPlaybackSource;

HablaPlaybackSource *habla_playback_source_new (const char *path);
void habla_playback_source_free (HablaPlaybackSource *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaPlaybackSource, habla_playback_source_free)

GBytes *habla_playback_source_read (
    HablaPlaybackSource *self, gsize size, GCancellable *cancellable, GError **error);
guint64 habla_playback_source_measure (const char *path, GCancellable *cancellable);

G_END_DECLS
