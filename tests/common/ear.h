/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hablad.h"

G_BEGIN_DECLS

/* Samples a second of decoded audio. */
#define EAR_RATE 24000

/**
 * Ear:
 *
 * An HTTP client that hears a room's spoken translation, and keeps what it gets.
 */
typedef struct _Ear Ear;

/**
 * ear_new:
 * @path: such as /api/rooms/class/audio/es.mp3
 *
 * Returns: (transfer full): an ear that has sent its request
 */
Ear *ear_new (Hablad *hablad, const char *path);

/**
 * ear_new_stalled:
 *
 * Returns: (transfer full): an ear that reads nothing, and whose system takes little
 */
Ear *ear_new_stalled (Hablad *hablad, const char *path);

/**
 * ear_free:
 *
 * Disconnects.
 */
void ear_free (Ear *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Ear, ear_free)

/**
 * ear_get_head:
 *
 * Waits for the headers; the test fails after 120 s.
 *
 * Returns: (transfer none): status line and headers
 */
const char *ear_get_head (Ear *self);

/**
 * ear_get_body:
 *
 * Returns: (transfer none): MP3 frames so far
 */
GByteArray *ear_get_body (Ear *self);

/**
 * ear_is_over:
 *
 * Returns: whether the server has ended the connection
 */
gboolean ear_is_over (Ear *self);

/**
 * ear_get_arrival:
 * @offset: of a byte of the body
 *
 * Returns: when it arrived, in microseconds of the monotonic clock
 */
gint64 ear_get_arrival (Ear *self, gsize offset);

/**
 * ear_decode:
 *
 * Returns: (transfer full): the body so far as samples: 16 bits, mono, %EAR_RATE a second
 */
GBytes *ear_decode (Ear *self);

/**
 * ear_find_sound:
 * @from: in milliseconds of the body
 *
 * Returns: where sound begins at or after @from, in milliseconds of the body; -1 = there is none
 */
gint64 ear_find_sound (Ear *self, gint64 from);

/**
 * ear_await_sound:
 *
 * Waits for sound at or after @from; the test fails after 120 s.
 *
 * Returns: where it begins, in milliseconds of the body
 */
gint64 ear_await_sound (Ear *self, gint64 from);

/**
 * ear_get_length:
 *
 * Returns: duration of the body so far, in milliseconds
 */
gint64 ear_get_length (Ear *self);

G_END_DECLS
