/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>
#include <habla/cue.h>

G_BEGIN_DECLS

/**
 * HablaTimedCueKind:
 * @HABLA_TIMED_CUE_NONE: the stream has the bytes of a file
 * @HABLA_TIMED_CUE_TEXT: plain text, as from tx3g in MP4
 * @HABLA_TIMED_CUE_MARKUP: markup of Pango, as from SubRip in Matroska
 * @HABLA_TIMED_CUE_SUBSTATION: the fields of a dialogue, as from SubStation in Matroska
 * @HABLA_TIMED_CUE_WEBVTT: the text of a cue of WebVTT
 *
 * The contents of buffers that have one cue each, whose times are those of the buffer.
 */
typedef enum {
  HABLA_TIMED_CUE_NONE,
  HABLA_TIMED_CUE_TEXT,
  HABLA_TIMED_CUE_MARKUP,
  HABLA_TIMED_CUE_SUBSTATION,
  HABLA_TIMED_CUE_WEBVTT,
} HablaTimedCueKind;

/**
 * habla_timed_cue_get_kind:
 * @caps: fixed caps
 *
 * Returns: what buffers with @caps have if they have timestamps
 */
HablaTimedCueKind habla_timed_cue_get_kind (GstCaps *caps);

/**
 * habla_timed_cue_get_header:
 * @caps: fixed caps
 *
 * Returns: (transfer full) (nullable): the header of the file before it was put into a container
 */
char *habla_timed_cue_get_header (GstCaps *caps);

/**
 * habla_timed_cue_new:
 * @kind: the contents of @buffer; not %HABLA_TIMED_CUE_NONE
 * @buffer: a buffer with a PTS
 * @max_size: bytes of text that a cue may have
 *
 * Returns: (transfer full) (nullable): the cue; %NULL if it is too long or has no PTS
 */
HablaCue *habla_timed_cue_new (HablaTimedCueKind kind, GstBuffer *buffer, gsize max_size);

G_END_DECLS
