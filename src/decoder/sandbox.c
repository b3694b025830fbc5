/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "decoder/sandbox.h"

#include <errno.h>
#include <linux/landlock.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "config.h"
#ifdef HAVE_SECCOMP
#include <seccomp.h>
#endif

/* Upper bound of private writable memory, in bytes. A decoder uses 10 MB; large MP4 boxes are
 * buffered. */
#define MAX_DATA (96 * 1024 * 1024)
/* Descriptors 0 to 2 are in use; no other can be opened. */
#define MAX_DESCRIPTORS 3

/* Landlock constants that Debian 12's header lacks. */
#define ACCESS_FS_REFER (1ULL << 13)    /* ABI 2 */
#define ACCESS_FS_TRUNCATE (1ULL << 14) /* ABI 3 */
#define ACCESS_FS_IOCTL (1ULL << 15)    /* ABI 5 */
#define ACCESS_NET_TCP 3ULL             /* ABI 4: bind and connect */
#define SCOPE_ALL 3ULL                  /* ABI 6: abstract sockets and signals */

/* struct landlock_ruleset_attr of ABI 6. */
typedef struct {
  guint64 access_fs;
  guint64 access_net;
  guint64 scoped;
} Ruleset;

static HablaSandboxFlags in_force;

/* All accesses are handled and no rule allows any. */
static gboolean
sandbox_restrict_files (void)
{
  int abi = syscall (SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
  Ruleset ruleset = { .access_fs = (1ULL << 13) - 1 };
  gsize size = sizeof ruleset.access_fs;
  gboolean is_restricted;
  int descriptor;

  if (abi < 1)
    return FALSE;
  if (abi >= 2)
    ruleset.access_fs |= ACCESS_FS_REFER;
  if (abi >= 3)
    ruleset.access_fs |= ACCESS_FS_TRUNCATE;
  if (abi >= 4) {
    ruleset.access_net = ACCESS_NET_TCP;
    size = G_STRUCT_OFFSET (Ruleset, scoped);
  }
  if (abi >= 5)
    ruleset.access_fs |= ACCESS_FS_IOCTL;
  if (abi >= 6) {
    ruleset.scoped = SCOPE_ALL;
    size = sizeof ruleset;
  }
  descriptor = syscall (SYS_landlock_create_ruleset, &ruleset, size, 0);
  if (descriptor < 0)
    return FALSE;
  is_restricted = syscall (SYS_landlock_restrict_self, descriptor, 0) == 0;
  close (descriptor);
  return is_restricted;
}

HablaSandboxFlags
habla_sandbox_deny_files (void)
{
  if (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)
    in_force |= HABLA_SANDBOX_NO_NEW_PRIVILEGES;
  if (sandbox_restrict_files ())
    in_force |= HABLA_SANDBOX_LANDLOCK;
  return in_force;
}

static gboolean
sandbox_limit (int resource, rlim_t value)
{
  struct rlimit limit = { value, value };

  return setrlimit (resource, &limit) == 0;
}

static gboolean
sandbox_set_limits (void)
{
  gboolean is_limited = sandbox_limit (RLIMIT_CORE, 0);

  is_limited &= sandbox_limit (RLIMIT_FSIZE, 0);
  is_limited &= sandbox_limit (RLIMIT_NOFILE, MAX_DESCRIPTORS);
  is_limited &= sandbox_limit (RLIMIT_NPROC, 0);
  is_limited &= sandbox_limit (RLIMIT_MEMLOCK, 0);
#ifndef HABLA_SANITIZED /* a sanitizer reserves terabytes */
  is_limited &= sandbox_limit (RLIMIT_DATA, MAX_DATA);
#endif
  return is_limited;
}

void
habla_sandbox_set_cpu_budget (guint seconds)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_CPU, &limit) != 0)
    return;
  limit.rlim_cur = MIN (seconds, limit.rlim_max);
  setrlimit (RLIMIT_CPU, &limit);
}

#ifdef HAVE_SECCOMP
static gboolean
sandbox_add_rules (scmp_filter_ctx filter)
{
  /* System calls for computation, memory, locks, time, the socket and the pipe. */
  static const int calls[] = {
    SCMP_SYS (brk),
    SCMP_SYS (clock_getres),
    SCMP_SYS (clock_gettime),
    SCMP_SYS (clock_nanosleep),
    SCMP_SYS (close),
    SCMP_SYS (exit),
    SCMP_SYS (exit_group),
    SCMP_SYS (futex),
    SCMP_SYS (getpid),
    SCMP_SYS (getrandom),
    SCMP_SYS (getrusage),
    SCMP_SYS (gettid),
    SCMP_SYS (gettimeofday),
    SCMP_SYS (madvise),
    SCMP_SYS (membarrier),
    SCMP_SYS (mremap),
    SCMP_SYS (munmap),
    SCMP_SYS (nanosleep),
    SCMP_SYS (poll),
    SCMP_SYS (ppoll),
    SCMP_SYS (read),
    SCMP_SYS (recvfrom),
    SCMP_SYS (recvmsg),
    SCMP_SYS (restart_syscall),
    SCMP_SYS (rseq),
    SCMP_SYS (rt_sigaction),
    SCMP_SYS (rt_sigprocmask),
    SCMP_SYS (rt_sigreturn),
    SCMP_SYS (sched_getaffinity),
    SCMP_SYS (sched_yield),
    SCMP_SYS (set_robust_list),
    SCMP_SYS (sigaltstack),
    SCMP_SYS (time),
    SCMP_SYS (write),
    SCMP_SYS (writev),
  };
  gboolean is_complete = TRUE;

  for (guint i = 0; i < G_N_ELEMENTS (calls); i++)
    is_complete &= seccomp_rule_add (filter, SCMP_ACT_ALLOW, calls[i], 0) == 0;
  /* Only memory that is not executable. */
  is_complete &= seccomp_rule_add (filter, SCMP_ACT_ALLOW, SCMP_SYS (mmap), 1,
                     SCMP_A2 (SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0;
  is_complete &= seccomp_rule_add (filter, SCMP_ACT_ALLOW, SCMP_SYS (mprotect), 1,
                     SCMP_A2 (SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0;
  /* Only on a connected socket, without an address. */
  is_complete &= seccomp_rule_add (filter, SCMP_ACT_ALLOW, SCMP_SYS (sendmsg), 1,
                     SCMP_A0 (SCMP_CMP_EQ, STDIN_FILENO)) == 0;
  /* abort() */
  is_complete &= seccomp_rule_add (filter, SCMP_ACT_ALLOW, SCMP_SYS (tgkill), 1,
                     SCMP_A0 (SCMP_CMP_EQ, (scmp_datum_t) getpid ())) == 0;
  /* To set the budget of processor time. */
  is_complete &= seccomp_rule_add (filter, SCMP_ACT_ALLOW, SCMP_SYS (prlimit64), 2,
                     SCMP_A0 (SCMP_CMP_EQ, 0), SCMP_A1 (SCMP_CMP_EQ, RLIMIT_CPU)) == 0;
  return is_complete;
}

static gboolean
sandbox_filter_calls (void)
{
  scmp_filter_ctx filter = seccomp_init (SCMP_ACT_ERRNO (EPERM));
  gboolean is_loaded;

  if (filter == NULL)
    return FALSE;
  /* No library may take a missing call for an old kernel's fault and give up. */
  is_loaded = seccomp_attr_set (filter, SCMP_FLTATR_CTL_TSYNC, 1) == 0 &&
              sandbox_add_rules (filter) &&
              seccomp_rule_add (filter, SCMP_ACT_ERRNO (ENOSYS), SCMP_SYS (clone3), 0) == 0 &&
              seccomp_load (filter) == 0;
  seccomp_release (filter);
  return is_loaded;
}
#else
static gboolean
sandbox_filter_calls (void)
{
  return FALSE;
}
#endif

HablaSandboxFlags
habla_sandbox_enter (void)
{
  if (sandbox_set_limits ())
    in_force |= HABLA_SANDBOX_LIMITS;
  if (sandbox_filter_calls ())
    in_force |= HABLA_SANDBOX_SECCOMP;
  return in_force;
}
