// Whole numbers about vectors.

#pragma once
#include "CKernels.h"

#include <stddef.h>

static inline int64_t quotient_up(int64_t value, int64_t divisor) { return (value + divisor - 1) / divisor; }

// The channels of an image that are read, in order: those whose number in `kept` is not 0, or all where it is NULL. Returns how many.
static inline int64_t list_channels(const float *kept, int64_t channels, int32_t *list) {
    int64_t count = 0;
    for (int64_t c = 0; c < channels; c++) {
        list[count] = (int32_t)c;
        count += !kept || kept[c] != 0;
    }
    return count;
}

static inline int64_t whole_vectors(int64_t count) { return quotient_up(count, TRIBUTARY_LANES) * TRIBUTARY_LANES; }

// Numbers of a matrix that are packed at a time where the one before it has many zeros: as many rows as a word has bits, eight vectors wide.
enum { TRIBUTARY_SPARSE_PANEL = 64 * 8 * TRIBUTARY_LANES };
