/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api/rooms/join-code.h"

#include <http/access/access-control.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

static const char letters[] = "ABCDEFGHJKMNPQRSTUVWXYZ";
#define N_LETTERS (sizeof letters - 1)

char *
habla_join_code_new (void)
{
  GString *code = g_string_sized_new (HABLA_JOIN_CODE_LENGTH);

  while (code->len < HABLA_JOIN_CODE_LENGTH) {
    guint8 byte;

    /* The numbers of g_random_int(), and so the UUIDs of GLib, can be predicted from earlier ones.
     */
    if (getentropy (&byte, sizeof byte) != 0)
      g_error ("Failed to get random numbers from the kernel: %s", g_strerror (errno));
    /* The remainder of larger bytes would make the first letters more frequent. */
    if (byte < G_MAXUINT8 / N_LETTERS * N_LETTERS)
      g_string_append_c (code, letters[byte % N_LETTERS]);
  }
  return g_string_free (code, FALSE);
}

gboolean
habla_join_code_is_valid (const char *code)
{
  return strlen (code) == HABLA_JOIN_CODE_LENGTH &&
         strspn (code, letters) == HABLA_JOIN_CODE_LENGTH;
}

gboolean
habla_join_code_is_equal (const char *given, const char *code)
{
  char normal[HABLA_JOIN_CODE_LENGTH + 2] = "";
  gsize length = 0;

  /* One letter more than a code has: enough to differ. */
  for (; *given != '\0' && length < sizeof normal - 1; given++)
    if (*given != '-' && !g_ascii_isspace (*given))
      normal[length++] = g_ascii_toupper (*given);
  return habla_access_control_token_is_equal (normal, code);
}

char *
habla_join_code_make_url (const char *base, const char *room, const char *code)
{
  return base != NULL ? g_strdup_printf ("%s?room=%s&listen=1#code=%s", base, room, code) : NULL;
}
