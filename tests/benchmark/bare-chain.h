/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "processes.h"

G_BEGIN_DECLS

/**
 * BareChain:
 *
 * Apertium's programs for English to Spanish, written to and read from in one thread.
 */
typedef struct {
  ApertiumProcesses *processes;
  guint64 sequence; /* number of the last request */
  GByteArray *output;
} BareChain;

/**
 * bare_chain_open:
 *
 * Starts the programs, and waits until they are ready.
 */
void bare_chain_open (BareChain *bare);

/**
 * bare_chain_close:
 *
 * Stops the programs.
 */
void bare_chain_close (BareChain *bare);

/**
 * bare_chain_request:
 *
 * Writes a text to be translated, which gets the next sequence number.
 */
void bare_chain_request (BareChain *bare, const char *text);

/**
 * bare_chain_read_response:
 * @sequence: number of the request
 *
 * Waits for the translation of a request, and discards it.
 */
void bare_chain_read_response (BareChain *bare, guint64 sequence);

G_END_DECLS
