/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <decoder/decoder-process.h>

G_BEGIN_DECLS

/**
 * HablaDecoderChild:
 *
 * A decoder process whose end the default main context watches. Main thread only.
 */
typedef struct _HablaDecoderChild HablaDecoderChild;

/**
 * HablaDecoderChildFunc:
 * @wait_status: as from waitpid()
 * @data: user data
 */
typedef void (*HablaDecoderChildFunc) (int wait_status, gpointer data);

/**
 * habla_decoder_child_new:
 * @error: return location for a %HABLA_ERROR_ENGINE
 *
 * Returns: (transfer full) (nullable): a new process
 */
HablaDecoderChild *habla_decoder_child_new (GError **error);
/**
 * habla_decoder_child_free:
 * @self: (transfer full): a child
 *
 * Kills the process; it is reaped later.
 */
void habla_decoder_child_free (HablaDecoderChild *self);

/**
 * habla_decoder_child_get_process:
 * @self: a child
 *
 * Returns: (transfer none): its descriptors and process id
 */
HablaDecoderProcess *habla_decoder_child_get_process (HablaDecoderChild *self);
/**
 * habla_decoder_child_is_alive:
 * @self: a child
 *
 * Returns: whether the process has not been reaped and its socket is open
 */
gboolean habla_decoder_child_is_alive (HablaDecoderChild *self);
/**
 * habla_decoder_child_set_func:
 * @self: a child
 * @func: (nullable): called once, when the process was reaped; never from within another function
 *   of this type
 * @data: user data of @func
 */
void habla_decoder_child_set_func (
    HablaDecoderChild *self, HablaDecoderChildFunc func, gpointer data);

/**
 * habla_decoder_spare_keep:
 *
 * See habla_decoder_keep_spare().
 */
void habla_decoder_spare_keep (void);

/**
 * habla_decoder_spare_drop:
 *
 * See habla_decoder_drop_spare().
 */
void habla_decoder_spare_drop (void);

/**
 * habla_decoder_spare_take:
 * @error: return location for a %HABLA_ERROR_ENGINE
 *
 * Returns: (transfer full) (nullable): the spare child if there is one, else a new child
 */
HablaDecoderChild *habla_decoder_spare_take (GError **error);

G_END_DECLS
