/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A join code lets its holder listen in one room. People read it from a projector and type it. */

#define HABLA_JOIN_CODE_LENGTH 8

/**
 * habla_join_code_new:
 *
 * Returns: (transfer full): a code of %HABLA_JOIN_CODE_LENGTH letters without I, L and O, which
 *   are confused with digits; 36 random bits from the kernel
 */
char *habla_join_code_new (void);

/**
 * habla_join_code_is_valid:
 * @code: any text
 *
 * Returns: whether habla_join_code_new() could have made @code
 */
gboolean habla_join_code_is_valid (const char *code);

/**
 * habla_join_code_is_equal:
 * @given: what a client sent. Case, blanks and "-" do not matter
 * @code: a valid code
 *
 * Takes the same time for wrong codes and for the right one.
 *
 * Returns: whether they are equal
 */
gboolean habla_join_code_is_equal (const char *given, const char *code);

/**
 * habla_join_code_make_url:
 * @base: (nullable): where clients reach the server, with a slash at the end
 * @room: a valid name of a room
 * @code: its code
 *
 * The code is in the fragment, which browsers do not send: no proxy can log it.
 *
 * Returns: (transfer full) (nullable): the link for listeners; %NULL without @base
 */
char *habla_join_code_make_url (const char *base, const char *room, const char *code);

G_END_DECLS
