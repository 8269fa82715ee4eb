#include "prefetch.h"
#include "vectors.h"

enum { LINE = 64 };

// What a thread prefetches.
typedef struct {
    // Memories of which nothing was prefetched, and what is left of the one before them.
    const tributary_parts *memory, *end;
    int64_t chunk;
    const char *next, *stop;
    // Lines for each product, and those that are due.
    int64_t lines, due;
    tributary_prefetched done;
} prefetching;

static _Thread_local prefetching thread;

tributary_prefetched tributary_prefetch(const tributary_parts *memories, int64_t count, int64_t chunk, int64_t products) {
    tributary_prefetched before = thread.done;
    int64_t lines = 0;
    for (int64_t m = 0; m < count; m++) lines += quotient_up(memories[m].bytes, LINE);
    thread = (prefetching){
        .memory = memories, .end = memories + count, .chunk = chunk,
        .lines = products > 0 ? quotient_up(lines, products) : 0};
    return before;
}

static void begin_memory(prefetching *p) {
    p->next = (const char *)p->memory->first + p->chunk * p->memory->bytes;
    p->stop = p->next + p->memory->bytes;
    p->memory++;
}

prefetched_lines tributary_lines_of_product(int64_t most) {
    prefetching *p = &thread;
    p->done.products++;
    p->due += p->lines;
    if (p->next >= p->stop && p->memory < p->end) begin_memory(p);
    if (p->due < most || p->next >= p->stop) return (prefetched_lines){(const char *)p, 0};
    prefetched_lines lines = {p->next, LINE};
    int64_t bytes = most * LINE, left = p->stop - p->next;
    p->due -= most;
    p->next += bytes;
    p->done.bytes += bytes < left ? bytes : left;
    return lines;
}
