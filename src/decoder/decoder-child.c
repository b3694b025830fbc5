/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "decoder/decoder-child.h"

#include <poll.h>

struct _HablaDecoderChild {
  HablaDecoderProcess process;
  HablaDecoderChildFunc func;
  gpointer data;
  gboolean is_freed; /* but not reaped yet */
};

static void
child_on_exit (GPid pid, int wait_status, gpointer data)
{
  HablaDecoderChild *self = data;
  HablaDecoderChildFunc func = g_steal_pointer (&self->func);

  habla_decoder_process_set_reaped (&self->process);
  if (self->is_freed)
    g_free (self);
  else if (func != NULL)
    func (wait_status, self->data);
}

HablaDecoderChild *
habla_decoder_child_new (GError **error)
{
  g_autofree HablaDecoderChild *self = g_new0 (HablaDecoderChild, 1);

  if (!habla_decoder_process_spawn (&self->process, TRUE, error))
    return NULL;
  g_child_watch_add (self->process.pid, child_on_exit, self);
  return g_steal_pointer (&self);
}

void
habla_decoder_child_free (HablaDecoderChild *self)
{
  habla_decoder_process_close (&self->process);
  self->func = NULL;
  self->is_freed = TRUE;
  if (self->process.pid != 0)
    habla_decoder_process_kill (&self->process);
  else
    g_free (self);
}

HablaDecoderProcess *
habla_decoder_child_get_process (HablaDecoderChild *self)
{
  return &self->process;
}

gboolean
habla_decoder_child_is_alive (HablaDecoderChild *self)
{
  struct pollfd socket = { .fd = self->process.socket };

  return self->process.pid != 0 && poll (&socket, 1, 0) == 0;
}

void
habla_decoder_child_set_func (HablaDecoderChild *self, HablaDecoderChildFunc func, gpointer data)
{
  self->func = func;
  self->data = data;
}
