/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What holds for this process from now on; a kernel that lacks one gets the others. */
typedef enum {
  HABLA_SANDBOX_NO_NEW_PRIVILEGES = 1 << 0,
  HABLA_SANDBOX_LANDLOCK = 1 << 1, /* no file and, from ABI 4 on, no TCP port */
  HABLA_SANDBOX_LIMITS = 1 << 2,
  HABLA_SANDBOX_SECCOMP = 1 << 3, /* a list of system calls; the others fail with EPERM */
} HablaSandboxFlags;

/* Gives up privileges and files. For a process with one thread: threads that exist keep their
 * files. Files that are open stay usable. */
HablaSandboxFlags habla_sandbox_deny_files (void);
/* Gives up what is left but computing, memory, and the descriptors 0 to 2: no thread or process
 * can be started, no descriptor opened, no memory made executable. For all threads.
 * Returns: what is in force now */
HablaSandboxFlags habla_sandbox_enter (void);
/* Sets how much processor time this process may have used, in seconds. SIGXCPU ends it. */
void habla_sandbox_set_cpu_budget (guint seconds);

G_END_DECLS
