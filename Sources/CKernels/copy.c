#include "CKernels.h"

#include <string.h>

enum { BLOCK = 16 };

// Both inner axes in blocks, so that a transposition touches whole cache lines on both sides.
static void copy_plane(
    int64_t rows, int64_t columns, const float *source, const int64_t *from, float *target, const int64_t *to) {
    for (int64_t r = 0; r < rows; r += BLOCK)
        for (int64_t c = 0; c < columns; c += BLOCK) {
            int64_t row_end = r + BLOCK < rows ? r + BLOCK : rows, column_end = c + BLOCK < columns ? c + BLOCK : columns;
            for (int64_t i = r; i < row_end; i++)
                for (int64_t j = c; j < column_end; j++) target[i * to[0] + j * to[1]] = source[i * from[0] + j * from[1]];
        }
}

void tributary_copy(
    const int64_t extents[4], const float *source, const int64_t source_strides[4], float *target,
    const int64_t target_strides[4]) {
    for (int64_t a = 0; a < extents[0]; a++)
        for (int64_t b = 0; b < extents[1]; b++) {
            const float *from = source + a * source_strides[0] + b * source_strides[1];
            float *to = target + a * target_strides[0] + b * target_strides[1];
            if (source_strides[3] == 1 && target_strides[3] == 1) {
                for (int64_t r = 0; r < extents[2]; r++)
                    memcpy(to + r * target_strides[2], from + r * source_strides[2], sizeof(float) * (size_t)extents[3]);
            } else {
                copy_plane(extents[2], extents[3], from, source_strides + 2, to, target_strides + 2);
            }
        }
}
