/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * HablaSegmenter:
 *
 * Finds speech by its level above the noise, without a model, and keeps its samples: 16 kHz, mono.
 * Only sounds with a pitch, as vowels have, count as voice: a knock or a fan is no speech, for
 * which a server would invent a text. Samples are counted from habla_segmenter_begin(). Must be
 * used by one thread at a time.
 */
typedef struct _HablaSegmenter HablaSegmenter;

/* Samples a second. */
#define HABLA_SEGMENTER_RATE 16000

/**
 * habla_segmenter_new:
 *
 * Returns: (transfer full): a segmenter
 */
HablaSegmenter *habla_segmenter_new (void);

/**
 * habla_segmenter_free:
 * @self: (transfer full): a segmenter
 */
void habla_segmenter_free (HablaSegmenter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaSegmenter, habla_segmenter_free)

/**
 * habla_segmenter_begin:
 * @self: a segmenter
 *
 * Begins a segment with the next sample, and keeps the estimate of the noise.
 */
void habla_segmenter_begin (HablaSegmenter *self);

/**
 * habla_segmenter_push:
 * @self: a segmenter
 * @samples: samples that follow the previous ones
 * @n_samples: their number
 * @end_pause: pause that ends speech, in samples
 *
 * Returns: whether the samples end in speech, or in a pause shorter than @end_pause after it
 */
gboolean habla_segmenter_push (
    HablaSegmenter *self, const gint16 *samples, gsize n_samples, gsize end_pause);

/**
 * habla_segmenter_has_voice:
 * @self: a segmenter
 *
 * Returns: whether the segment has a tenth of a second of voice: less is no word
 */
gboolean habla_segmenter_has_voice (const HablaSegmenter *self);

/**
 * habla_segmenter_get_samples:
 * @self: a segmenter
 * @n_samples: (out): their number
 *
 * Returns: (transfer none): the samples from a quarter of a second before the speech, or from the
 *   begin of the segment, up to the last one; valid until the next call
 */
const gint16 *habla_segmenter_get_samples (const HablaSegmenter *self, gsize *n_samples);

/**
 * habla_segmenter_get_offset:
 * @self: a segmenter
 *
 * Returns: the number of the first of habla_segmenter_get_samples()
 */
gsize habla_segmenter_get_offset (const HablaSegmenter *self);

/**
 * habla_segmenter_get_speech:
 * @self: a segmenter
 * @begin: (out): number of the first sample of the speech
 * @end: (out): number of the sample after its last one
 */
void habla_segmenter_get_speech (const HablaSegmenter *self, gint64 *begin, gint64 *end);

/**
 * habla_segmenter_find_boundary:
 * @self: a segmenter with at least a second of samples
 *
 * Returns: the number of the sample in the middle of the quietest tenth of a second in the last
 *   part of the segment, which is most likely between two words
 */
gsize habla_segmenter_find_boundary (const HablaSegmenter *self);

G_END_DECLS
