/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * HablaAnnouncement:
 * @urls: (array zero-terminated=1): where the daemon listens
 * @speak: where to speak, on this machine
 * @listen: (nullable): the link for listeners on other machines; %NULL = they cannot connect
 * @speak_elsewhere: (nullable): the link for the speaker on another machine, with the token
 * @client: (nullable): where another client is, on this machine; %NULL = there is none
 * @client_elsewhere: (nullable): the link to it for another machine, with the token
 * @needs_token: whether the speaker needs that link on this machine too
 * @is_lan: whether the setting lan is on
 * @warns: whether browsers will warn of the certificate, because hablad made it
 *
 * What a person needs when the daemon has started.
 */
typedef struct {
  const char *const *urls;
  const char *speak;
  const char *listen;
  const char *speak_elsewhere;
  const char *client;
  const char *client_elsewhere;
  gboolean needs_token;
  gboolean is_lan;
  gboolean warns;
} HablaAnnouncement;

/**
 * habla_announcement_format_for_person:
 * @self: what to print
 * @columns: width of the terminal; a QR code that is wider is left out; 0 = no QR code
 *
 * Returns: (transfer full): lines for a terminal, with the token
 */
char *habla_announcement_format_for_person (const HablaAnnouncement *self, guint columns);

/**
 * habla_announcement_format_for_log:
 * @self: what to print
 *
 * Returns: (transfer full): a line `listening on URL` for each address, for programs, and then the
 *   addresses for speakers and listeners; without the token, since others may read a journal
 */
char *habla_announcement_format_for_log (const HablaAnnouncement *self);

/**
 * habla_announcement_print:
 * @self: what to print
 *
 * Prints it on standard output, for a person if that is a terminal.
 */
void habla_announcement_print (const HablaAnnouncement *self);

G_END_DECLS
