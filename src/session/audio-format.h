/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * HablaAudioFormat:
 *
 * The container of a browser's recording, told by its first bytes: EBML's magic number,
 * MP4's `ftyp`, Ogg's `OggS`. A recording that goes on after a reconnect begins in the
 * middle: with a Cluster or SimpleBlock of WebM, a `moof` of MP4, a page of Ogg that is not
 * the first.
 *
 * %HABLA_AUDIO_FILE is a file that somebody sends, WAVE (`RIFF`), FLAC (`fLaC`) or MP3 with a
 * tag (`ID3`): it passes unchanged, and cannot go on in another session. Any other beginning
 * is the middle of a recording, until something in it shows of which.
 */
typedef enum {
  HABLA_AUDIO_UNKNOWN,
  HABLA_AUDIO_WEBM,
  HABLA_AUDIO_MP4,
  HABLA_AUDIO_OGG,
  HABLA_AUDIO_FILE,
} HablaAudioFormat;

/**
 * HablaAudioParser:
 *
 * Makes of a recording that comes in pieces of any size, whole or from the middle on, one
 * that a demuxer takes. A whole one passes unchanged. One that goes on without its header
 * gets one, and begins anew, at running time 0: with the first block (WebM), fragment (MP4) or
 * page (Ogg) that is whole. Bytes that belong to none are left out.
 *
 * Its output does not depend on how the input is cut, and its memory is bounded (200 kB).
 * It has no lock.
 */
typedef struct _HablaAudioParser HablaAudioParser;

/* @header: (nullable): what a recording that may go on began with, as
 * habla_audio_parser_get_header() told of its beginning */
HablaAudioParser *habla_audio_parser_new (GBytes *header);
void habla_audio_parser_free (HablaAudioParser *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaAudioParser, habla_audio_parser_free)

/* Returns: (transfer full) (nullable): what comes next for a demuxer */
GBytes *habla_audio_parser_push (HablaAudioParser *self, const guint8 *data, gsize size);
/* Bytes were lost between what was pushed and what will be. */
void habla_audio_parser_interrupt (HablaAudioParser *self);

HablaAudioFormat habla_audio_parser_get_format (HablaAudioParser *self);
/* Returns: (transfer full) (nullable): all that comes before the first audio; %NULL before
 * that is known, and if it is too large to keep */
GBytes *habla_audio_parser_get_header (HablaAudioParser *self);
/* Whether audio came that nobody can decode, since it has no header: MP4 without a kept one. */
gboolean habla_audio_parser_lacks_header (HablaAudioParser *self);
/* Bytes that were left out. */
guint64 habla_audio_parser_get_discarded (HablaAudioParser *self);

G_END_DECLS
