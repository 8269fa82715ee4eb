#pragma once
#include <linux/fs.h>
#include <sys/syscall.h>
#include <unistd.h>

// `renameat2` is declared for GNU sources only, which Swift's imports are not. AT_FDCWD is -100.
static inline int cfiles_rename_without_replacing(const char *path, const char *new_path) {
    return (int)syscall(SYS_renameat2, -100, path, -100, new_path, RENAME_NOREPLACE);
}

// `sync_file_range` is, too. 2 is SYNC_FILE_RANGE_WRITE, and no length means to the end.
static inline int cfiles_begin_synchronizing(int descriptor) {
    return (int)syscall(SYS_sync_file_range, descriptor, 0L, 0L, 2);
}
