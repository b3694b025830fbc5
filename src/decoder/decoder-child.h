/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <decoder/decoder-process.h>

G_BEGIN_DECLS

/* A process that the default main context waits for. Of the thread of that context. */
typedef struct _HablaDecoderChild HablaDecoderChild;

/* @wait_status: as waitpid() gives it */
typedef void (*HablaDecoderChildFunc) (int wait_status, gpointer data);

HablaDecoderChild *habla_decoder_child_new (GError **error);
/* Kills the process; it is reaped later. */
void habla_decoder_child_free (HablaDecoderChild *self);

HablaDecoderProcess *habla_decoder_child_get_process (HablaDecoderChild *self);
/* Returns: whether the process can still answer */
gboolean habla_decoder_child_is_alive (HablaDecoderChild *self);
/* @func: (nullable): called once, when the process was reaped; never from within another
 * function of this type */
void habla_decoder_child_set_func (
    HablaDecoderChild *self, HablaDecoderChildFunc func, gpointer data);

/* The child that waits for the next client. */
void habla_decoder_spare_keep (void);
void habla_decoder_spare_drop (void);
/* Returns: (transfer full) (nullable): the spare, or a new child */
HablaDecoderChild *habla_decoder_spare_take (GError **error);

G_END_DECLS
