#include "prefetch.h"
#include "vectors.h"

enum { LINE = 64 };

// What a thread prefetches.
typedef struct {
    // Memories of which nothing was prefetched, and what is left of the one before them.
    const tributary_parts *memory;
    int64_t memories, chunk;
    const char *next;
    int64_t left;
    // Lines for each product, and those that are due.
    int64_t lines, due;
    tributary_prefetched done;
} prefetching;

static _Thread_local prefetching state;

void tributary_begin_prefetch(const tributary_parts *memories, int64_t count, int64_t chunk, int64_t products) {
    int64_t lines = 0;
    for (int64_t m = 0; m < count; m++) lines += quotient_up(memories[m].bytes, LINE);
    state = (prefetching){
        .memory = memories, .memories = count, .chunk = chunk, .lines = products > 0 ? quotient_up(lines, products) : 0};
}

tributary_prefetched tributary_end_prefetch(void) {
    tributary_prefetched done = state.done;
    state = (prefetching){0};
    return done;
}

static void begin_memory(void) {
    state.next = (const char *)state.memory->first + state.chunk * state.memory->bytes;
    state.left = state.memory->bytes;
    state.memory++;
    state.memories--;
}

tributary_lines tributary_lines_of_product(int64_t most) {
    state.done.products++;
    state.due += state.lines;
    if (state.left == 0 && state.memories > 0) begin_memory();
    if (state.due < most || state.left == 0) return (tributary_lines){(const char *)&state, 0};
    tributary_lines lines = {state.next, LINE};
    // The last product goes on behind the memory, since it has a line with each of its numbers.
    int64_t bytes = most * LINE < state.left ? most * LINE : state.left;
    state.due -= quotient_up(bytes, LINE);
    state.next += bytes;
    state.left -= bytes;
    state.done.bytes += bytes;
    return lines;
}
