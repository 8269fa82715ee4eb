// Which of the kinds in winograd_kinds.inc a convolution is done by.

#pragma once
#include "CKernels.h"
#include "vectors.h"

// With a stride of 2. A tile of three results along an axis takes fewer products for each than one of two, if few reach beyond the image.
static inline int64_t products_with_stride_of_2(const tributary_winograd *w) {
    int64_t two = w->window == 3 ? 5 : 6, three = two + 2, with_two = 1, with_three = 1;
    for (int axis = 0; axis < 2; axis++) {
        // A gradient's results are pairs of pixels, of which the first may begin before the image, as TARGET_ORIGIN says.
        int64_t before = 1 - w->padding[axis] % 2;
        int64_t results = w->is_gradient ? quotient_up(w->x_extents[axis] + before, 2) : w->y_extents[axis];
        with_two *= two * quotient_up(results, 2);
        with_three *= three * quotient_up(results, 3);
    }
    // They have more sums to put together: where they take a tenth fewer products, they were faster, for images of 8 to 65 pixels.
    return 10 * with_three <= 9 * with_two ? three : two;
}

// PRODUCTS of the kind, or 0 where there is none.
static inline int64_t products_along_axis(const tributary_winograd *w) {
    if (w->stride == 2 && (w->window == 3 || w->window == 4)) return products_with_stride_of_2(w);
    return w->stride == 1 && w->window == 3 ? 4 : 0;
}
