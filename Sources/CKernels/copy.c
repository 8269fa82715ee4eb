#include "CKernels.h"

#include <string.h>

enum { BLOCK = 16 };

// Copies for elements of one size. Both inner axes go in blocks, so that a transposition touches whole cache lines on both sides.
#define COPY(NAME, ELEMENT)                                                                                                   \
    static void NAME##_plane(                                                                                                 \
        int64_t rows, int64_t columns, const ELEMENT *source, const int64_t *from, ELEMENT *target, const int64_t *to) {      \
        for (int64_t r = 0; r < rows; r += BLOCK)                                                                             \
            for (int64_t c = 0; c < columns; c += BLOCK) {                                                                    \
                int64_t row_end = r + BLOCK < rows ? r + BLOCK : rows;                                                        \
                int64_t column_end = c + BLOCK < columns ? c + BLOCK : columns;                                               \
                for (int64_t i = r; i < row_end; i++)                                                                         \
                    for (int64_t j = c; j < column_end; j++)                                                                  \
                        target[i * to[0] + j * to[1]] = source[i * from[0] + j * from[1]];                                    \
            }                                                                                                                 \
    }                                                                                                                         \
                                                                                                                              \
    static void NAME(                                                                                                         \
        const int64_t *extents, const ELEMENT *source, const int64_t *from, ELEMENT *target, const int64_t *to) {             \
        for (int64_t a = 0; a < extents[0]; a++)                                                                              \
            for (int64_t b = 0; b < extents[1]; b++) {                                                                        \
                const ELEMENT *first = source + a * from[0] + b * from[1];                                                    \
                ELEMENT *place = target + a * to[0] + b * to[1];                                                              \
                if (from[3] == 1 && to[3] == 1) {                                                                             \
                    for (int64_t r = 0; r < extents[2]; r++)                                                                  \
                        memcpy(place + r * to[2], first + r * from[2], sizeof(ELEMENT) * (size_t)extents[3]);                 \
                } else {                                                                                                      \
                    NAME##_plane(extents[2], extents[3], first, from + 2, place, to + 2);                                     \
                }                                                                                                             \
            }                                                                                                                 \
    }

COPY(copy_floats, float)
COPY(copy_halves, uint16_t)

void tributary_copy(
    const int64_t extents[4], const void *source, const int64_t source_strides[4], void *target,
    const int64_t target_strides[4], int is_half) {
    if (is_half) copy_halves(extents, source, source_strides, target, target_strides);
    else copy_floats(extents, source, source_strides, target, target_strides);
}
