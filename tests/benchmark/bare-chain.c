/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bare-chain.h"

#include "modes.h"
#include "text-format.h"

#include <poll.h>
#include <string.h>
#include <unistd.h>

static void
wait_for_fd (int fd, short events)
{
  struct pollfd item = { fd, events };

  g_assert_cmpint (poll (&item, 1, 30000), ==, 1);
}

void
bare_chain_request (BareChain *bare, const char *text)
{
  g_autoptr (GString) request = apertium_text_deformat (text, ++bare->sequence);
  gsize length;

  g_string_append_c (request, '\0');
  length = request->len;
  g_assert_cmpint (write (bare->processes->input, request->str, length), ==, length);
}

void
bare_chain_read_response (BareChain *bare, guint64 sequence)
{
  g_autofree char *text = NULL;
  guint8 buffer[16384];
  const guint8 *end;

  while (bare->output->len == 0 ||
         (end = memchr (bare->output->data, '\0', bare->output->len)) == NULL) {
    gssize length;

    wait_for_fd (bare->processes->output, POLLIN);
    length = read (bare->processes->output, buffer, sizeof buffer);
    g_assert_cmpint (length, >, 0);
    g_byte_array_append (bare->output, buffer, length);
  }
  text = apertium_text_reformat ((char *) bare->output->data, end - bare->output->data, sequence);
  g_assert_nonnull (text);
  g_byte_array_remove_range (bare->output, 0, end - bare->output->data + 1);
}

void
bare_chain_open (BareChain *bare)
{
  g_autoptr (ApertiumModes) modes = apertium_modes_load ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) path = apertium_modes_find_path (modes, "en", "es", &error);
  g_autoptr (GPtrArray) stages = NULL;

  g_assert_no_error (error);
  stages = apertium_mode_load_stages (g_ptr_array_index (path, 0), &error);
  g_assert_no_error (error);
  bare->processes = apertium_processes_start (stages, &error);
  g_assert_no_error (error);
  bare->output = g_byte_array_new ();
  bare_chain_request (bare, "");
  bare_chain_read_response (bare, 1);
}

void
bare_chain_close (BareChain *bare)
{
  g_free (apertium_processes_stop (bare->processes));
  g_byte_array_unref (bare->output);
}
