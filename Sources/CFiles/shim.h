#pragma once
#include <linux/fs.h>
#include <sys/syscall.h>
#include <unistd.h>

// `renameat2` is declared for GNU sources only, which Swift's imports are not. AT_FDCWD is -100.
static inline int cfiles_rename_without_replacing(const char *path, const char *new_path) {
    return (int)syscall(SYS_renameat2, -100, path, -100, new_path, RENAME_NOREPLACE);
}
