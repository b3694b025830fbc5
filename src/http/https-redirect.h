/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Bytes of a request that are looked at. */
#define HABLA_HTTPS_REDIRECT_SIZE 4096

/**
 * HablaHttpsRedirect:
 * @HABLA_HTTPS_REDIRECT_NO: it is not a request of a browser in plain HTTP
 * @HABLA_HTTPS_REDIRECT_INCOMPLETE: it may be one; more is needed
 * @HABLA_HTTPS_REDIRECT_YES: it is one
 */
typedef enum {
  HABLA_HTTPS_REDIRECT_NO,
  HABLA_HTTPS_REDIRECT_INCOMPLETE,
  HABLA_HTTPS_REDIRECT_YES,
} HablaHttpsRedirect;

/**
 * habla_https_redirect_make:
 * @text: (array length=length): the first bytes that a client sent to an address with TLS
 * @length: in bytes
 * @response: (out) (transfer full) (nullable): leads to the same address with https
 *
 * People type addresses without `https://`, and many browsers then try plain HTTP.
 *
 * Returns: whether there is a @response
 */
HablaHttpsRedirect habla_https_redirect_make (const char *text, gsize length, char **response);

G_END_DECLS
