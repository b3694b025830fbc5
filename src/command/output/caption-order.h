/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <habla/utterance.h>

G_BEGIN_DECLS

/**
 * HablaCaptionOrder:
 *
 * Groups the final captions of several languages by utterance: those of an utterance follow each
 * other, although each language comes from its own thread. Captions of the oldest utterance are
 * passed on at once, those of later ones when the oldest is complete, or when one of them has
 * waited for too long. Ids of utterances ascend. Main thread only.
 */
typedef struct _HablaCaptionOrder HablaCaptionOrder;

/**
 * HablaCaptionOrderPrint:
 * @language: language of the caption
 * @utterance: the caption
 * @data: user data
 *
 * Gets the next caption.
 */
typedef void (*HablaCaptionOrderPrint) (
    const char *language, const HablaUtterance *utterance, gpointer data);

/**
 * habla_caption_order_new:
 * @n_languages: number of captions of an utterance; 1 = no caption waits
 * @max_wait: how long a caption may wait, in milliseconds
 * @print: gets each caption
 * @data: for @print
 *
 * Returns: (transfer full): an order without captions
 */
HablaCaptionOrder *habla_caption_order_new (
    guint n_languages, guint max_wait, HablaCaptionOrderPrint print, gpointer data);

/**
 * habla_caption_order_free:
 * @self: (transfer full): an order. Captions that wait are dropped
 */
void habla_caption_order_free (HablaCaptionOrder *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaCaptionOrder, habla_caption_order_free)

/**
 * habla_caption_order_add:
 * @self: an order
 * @language: language of the caption
 * @utterance: a final caption
 */
void habla_caption_order_add (
    HablaCaptionOrder *self, const char *language, const HablaUtterance *utterance);

/**
 * habla_caption_order_flush:
 * @self: an order
 *
 * Passes on all captions that wait.
 */
void habla_caption_order_flush (HablaCaptionOrder *self);

G_END_DECLS
