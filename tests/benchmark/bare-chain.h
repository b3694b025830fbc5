/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "processes.h"

G_BEGIN_DECLS

/* Apertium's programs for English to Spanish: one thread writes and reads, nothing else. */
typedef struct {
  ApertiumProcesses *processes;
  guint64 sequence;
  GByteArray *output;
} BareChain;

void bare_chain_open (BareChain *bare);
void bare_chain_close (BareChain *bare);
void bare_chain_ask (BareChain *bare, const char *text);
void bare_chain_answer (BareChain *bare, guint64 sequence);

G_END_DECLS
