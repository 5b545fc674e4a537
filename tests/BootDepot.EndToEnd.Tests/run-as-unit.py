"""Runs the program of a systemd unit in a root folder as systemd would, as far as that shows in what the program may do:
its user, capabilities, umask, environment and system calls. Words of the command line after the unit's own are added.

  run-as-unit.py ROOT UNIT [WORD ...]
"""
import ctypes
import errno
import os
import pwd
import subprocess
import sys

root, name, words = sys.argv[1], sys.argv[2], sys.argv[3:]
unit = {}
with open(f"{root}/lib/systemd/system/{name}") as file:
    for line in file:
        key, _, value = line.strip().partition("=")
        if _:
            unit.setdefault(key, []).append(value)


def calls_of(group):
    """The system calls of @group, with those of the groups in it."""
    if not group.startswith("@"):
        return {group}
    calls = set()
    for line in subprocess.run(["systemd-analyze", "syscall-filter", group], check=True, capture_output=True, text=True).stdout.splitlines()[1:]:
        if line.strip() and not line.strip().startswith("#"):
            calls |= calls_of(line.strip())
    return calls


allowed = set()
for line in unit["SystemCallFilter"]:
    calls = set().union(*(calls_of(group) for group in line.lstrip("~").split()))
    allowed = allowed - calls if line.startswith("~") else allowed | calls
# What systemd itself needs until the program is there.
allowed |= {"execve", "chroot", "setuid", "setgid", "setgroups", "prctl", "capset"}

libc, seccomp = ctypes.CDLL(None), ctypes.CDLL("libseccomp.so.2")
os.chroot(root)
os.chdir("/")
user = pwd.getpwnam(unit["User"][0])
os.umask(int(unit["UMask"][0], 8))
for capability in range(64):
    libc.prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP
os.setgroups([user.pw_gid])
os.setgid(user.pw_gid)
os.setuid(user.pw_uid)
libc.prctl(38, 1, 0, 0, 0)  # PR_SET_NO_NEW_PRIVS
seccomp.seccomp_init.restype = ctypes.c_void_p
context = ctypes.c_void_p(seccomp.seccomp_init(ctypes.c_uint32(0x00050000 | errno.EPERM)))  # SCMP_ACT_ERRNO
for call in sorted(allowed):
    number = seccomp.seccomp_syscall_resolve_name(call.encode())
    if number >= 0:
        assert seccomp.seccomp_rule_add(context, ctypes.c_uint32(0x7fff0000), number, 0) == 0, call  # SCMP_ACT_ALLOW
assert seccomp.seccomp_load(context) == 0
# Variables of its own are those of EnvironmentFile=, which the words stand for here.
command = [word for word in unit["ExecStart"][0].split() if not word.startswith("$")] + words
os.execve(command[0], command, {"PATH": "/usr/bin:/bin", "HOME": user.pw_dir, "USER": user.pw_name, "JOURNAL_STREAM": "8:1"})
