/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Restrictions in force for this process. A kernel that lacks one still gets the others. */
typedef enum {
  HABLA_SANDBOX_NO_NEW_PRIVILEGES = 1 << 0,
  HABLA_SANDBOX_LANDLOCK = 1 << 1, /* no file and, from ABI 4 on, no TCP port */
  HABLA_SANDBOX_LIMITS = 1 << 2,
  HABLA_SANDBOX_SECCOMP = 1 << 3, /* a list of system calls; the others fail with EPERM */
} HablaSandboxFlags;

/**
 * habla_sandbox_deny_files:
 *
 * Drops privileges and access to files. Call it while the process has one thread: other threads
 * keep their access. Open files stay usable.
 *
 * Returns: the restrictions in force
 */
HablaSandboxFlags habla_sandbox_deny_files (void);
/**
 * habla_sandbox_enter:
 *
 * Leaves only computation, memory and the descriptors 0 to 2: no thread or process can be started,
 * no descriptor opened, no memory made executable. Applies to all threads.
 *
 * Returns: the restrictions in force
 */
HablaSandboxFlags habla_sandbox_enter (void);
/**
 * habla_sandbox_set_cpu_budget:
 * @seconds: upper bound of this process' processor time since its start; SIGXCPU ends it
 */
void habla_sandbox_set_cpu_budget (guint seconds);

G_END_DECLS
