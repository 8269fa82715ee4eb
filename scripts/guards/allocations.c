// Counts what a program asks of the allocator, apart for what comes from inside oneDNN, and says so at its end. Preloaded by
// the guard in scripts/lib/kernels.sh.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static atomic_long inside_onednn, elsewhere;

// Walking the stack allocates, too.
static _Thread_local int is_counting;

static int is_onednn(const void *address) {
    Dl_info place;
    return dladdr(address, &place) && place.dli_fname && strstr(place.dli_fname, "libdnnl");
}

static void note(void) {
    if (is_counting) return;
    is_counting = 1;
    void *frames[16];
    int count = backtrace(frames, 16), found = 0;
    for (int i = 1; i < count && !found; i++) found = is_onednn(frames[i]);
    atomic_fetch_add(found ? &inside_onednn : &elsewhere, 1);
    is_counting = 0;
}

void *malloc(size_t size) { note(); return __libc_malloc(size); }
void *calloc(size_t elements, size_t size) { note(); return __libc_calloc(elements, size); }
void *realloc(void *memory, size_t size) { note(); return __libc_realloc(memory, size); }
void *memalign(size_t alignment, size_t size) { note(); return __libc_memalign(alignment, size); }
void *aligned_alloc(size_t alignment, size_t size) { note(); return __libc_memalign(alignment, size); }

int posix_memalign(void **memory, size_t alignment, size_t size) {
    note();
    *memory = __libc_memalign(alignment, size);
    return *memory == NULL ? ENOMEM : 0;
}

__attribute__((destructor)) static void report(void) {
    is_counting = 1;
    fprintf(stderr, "allocations: %ld %ld\n", atomic_load(&elsewhere), atomic_load(&inside_onednn));
}
