/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Arbitrary bytes as a message of a client: the result is a command within its limits, or an error.
 */
#include <api/websocket/protocol.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

static void
check_text (const char *text, glong max)
{
  g_assert_nonnull (text);
  g_assert_true (g_utf8_validate (text, -1, NULL));
  g_assert_cmpint (g_utf8_strlen (text, -1), <=, max);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  /* Without a terminating zero, so that the sanitizer finds reads beyond the end. */
  g_autofree char *text = g_memdup2 (data, size);
  g_autoptr (HablaCommand) command = habla_protocol_parse (text, size, &error);

  g_assert_true ((command == NULL) == (error != NULL));
  if (command == NULL) {
    check_text (error->message, 1000);
    return 0;
  }
  g_assert_cmpuint (command->type, <, HABLA_COMMAND_N_TYPES);
  if (command->type == HABLA_COMMAND_TEXT_INPUT)
    check_text (command->text, HABLA_MAX_TEXT);
  if (command->type == HABLA_COMMAND_RENAME_SPEAKER)
    check_text (command->name, HABLA_MAX_SPEAKER_NAME);
  if (command->type == HABLA_COMMAND_SET_ENGINES)
    check_text (command->transcriber != NULL ? command->transcriber : command->translator,
        HABLA_PROTOCOL_MAX_WORD);
  if (command->type == HABLA_COMMAND_SET_LANGUAGE)
    check_text (command->language, HABLA_MAX_LANGUAGE_TAG);
  if (command->type == HABLA_COMMAND_START_LISTENING && command->rate != 0)
    g_assert_cmpuint (command->rate, <=, HABLA_MAX_SAMPLE_RATE);
  return 0;
}
