#include <immintrin.h>
#include <stdlib.h>
#include <string.h>

#include "include/CPictures.h"

// Pillow's resampling, number for number: sums of bytes times weights of 22 bits behind the point, rounded and clamped. What has vectors is
// compiled twice, and the processor chooses.
#define FOR_EACH_PROCESSOR __attribute__((target_clones("avx2", "default")))
#define PART static inline __attribute__((always_inline))

enum { FRACTION_BITS = 22, HALF = 1 << (FRACTION_BITS - 1) };

PART uint8_t byte(int32_t sum) {
    sum >>= FRACTION_BITS;
    return sum < 0 ? 0 : sum > 255 ? 255 : sum;
}

PART void resize_line(const uint8_t *source, int channels, cpictures_weights weights, uint8_t *target) {
    for (int x = 0; x < weights.count; x++) {
        const int32_t *taps = weights.values + (size_t)x * weights.stride;
        for (int channel = 0; channel < channels; channel++) {
            const uint8_t *value = source + (size_t)weights.first[x] * channels + channel;
            int32_t sum = HALF;
            for (int tap = 0; tap < weights.taps[x]; tap++, value += channels) sum += *value * taps[tap];
            *target++ = byte(sum);
        }
    }
}

// RGB in vectors: five taps at a time, for two lines at once. A weight w is 256 * (w >> 8) + (w & 255), whose parts have 16 bits each, so that one
// instruction multiplies and adds two taps. Sums are those of whole numbers, the same in any order.
enum { TAPS = 5, PARTS = 6, BYTES_READ = 16 };

static int most_taps(cpictures_weights weights) {
    int most = 1;
    for (int x = 0; x < weights.count; x++) most = weights.taps[x] > most ? weights.taps[x] : most;
    return most;
}

/// For each group of taps: the upper parts of taps 0 and 1, 2 and 3, and 4, then the lower ones.
static int32_t *paired(cpictures_weights weights, int groups) {
    int16_t *pairs = calloc((size_t)weights.count * groups * PARTS, sizeof(int32_t));
    if (!pairs) return NULL;
    for (int x = 0; x < weights.count; x++)
        for (int tap = 0; tap < weights.taps[x]; tap++) {
            int32_t weight = weights.values[(size_t)x * weights.stride + tap];
            int16_t *group = pairs + ((size_t)x * groups + tap / TAPS) * PARTS * 2;
            group[tap % TAPS] = (int16_t)(weight >> 8);
            group[PARTS + tap % TAPS] = (int16_t)(weight & 255);
        }
    return (int32_t *)pairs;
}

__attribute__((target("avx2")))
static void resize_two_lines(
    const uint8_t *source, size_t line, cpictures_weights weights, const int32_t *pairs, int groups, uint8_t *target) {
    const __m256i first = _mm256_setr_epi8(
        0, -1, 3, -1, 1, -1, 4, -1, 2, -1, 5, -1, -1, -1, -1, -1, 0, -1, 3, -1, 1, -1, 4, -1, 2, -1, 5, -1, -1, -1, -1, -1);
    const __m256i second = _mm256_setr_epi8(
        6, -1, 9, -1, 7, -1, 10, -1, 8, -1, 11, -1, -1, -1, -1, -1, 6, -1, 9, -1, 7, -1, 10, -1, 8, -1, 11, -1, -1, -1, -1, -1);
    const __m256i third = _mm256_setr_epi8(
        12, -1, -1, -1, 13, -1, -1, -1, 14, -1, -1, -1, -1, -1, -1, -1, 12, -1, -1, -1, 13, -1, -1, -1, 14, -1, -1, -1, -1, -1, -1, -1);
    uint8_t *other = target + (size_t)weights.count * 3;
    for (int x = 0; x < weights.count; x++) {
        const uint8_t *value = source + (size_t)weights.first[x] * 3;
        __m256i upper = _mm256_setzero_si256(), lower = _mm256_set1_epi32(HALF);
        for (int group = 0; group < groups; group++, pairs += PARTS, value += 3 * TAPS) {
            __m256i bytes = _mm256_inserti128_si256(
                _mm256_castsi128_si256(_mm_loadu_si128((const __m128i *)value)),
                _mm_loadu_si128((const __m128i *)(value + line)), 1);
            __m256i a = _mm256_shuffle_epi8(bytes, first), b = _mm256_shuffle_epi8(bytes, second);
            __m256i c = _mm256_shuffle_epi8(bytes, third);
            upper = _mm256_add_epi32(upper, _mm256_madd_epi16(a, _mm256_set1_epi32(pairs[0])));
            upper = _mm256_add_epi32(upper, _mm256_madd_epi16(b, _mm256_set1_epi32(pairs[1])));
            upper = _mm256_add_epi32(upper, _mm256_madd_epi16(c, _mm256_set1_epi32(pairs[2])));
            lower = _mm256_add_epi32(lower, _mm256_madd_epi16(a, _mm256_set1_epi32(pairs[3])));
            lower = _mm256_add_epi32(lower, _mm256_madd_epi16(b, _mm256_set1_epi32(pairs[4])));
            lower = _mm256_add_epi32(lower, _mm256_madd_epi16(c, _mm256_set1_epi32(pairs[5])));
        }
        __m256i sums = _mm256_srai_epi32(_mm256_add_epi32(_mm256_slli_epi32(upper, 8), lower), FRACTION_BITS);
        // Packing clamps to 0 to 255.
        __m256i words = _mm256_packus_epi32(sums, sums);
        __m256i packed = _mm256_packus_epi16(words, words);
        uint32_t pixels[2] = {
            (uint32_t)_mm256_extract_epi32(packed, 0), (uint32_t)_mm256_extract_epi32(packed, 4)};
        memcpy(target + 3 * x, &pixels[0], 3);
        memcpy(other + 3 * x, &pixels[1], 3);
    }
}

/// Lines of RGB, as far as vectors may read beyond their ends; gives how many.
static int resize_lines(
    const uint8_t *source, int width, int height, cpictures_weights weights, uint8_t *target) {
    int groups = (most_taps(weights) + TAPS - 1) / TAPS, y = 0;
    size_t line = (size_t)width * 3, narrow = (size_t)weights.count * 3;
    size_t beyond = (size_t)groups * TAPS * 3 + BYTES_READ;
    if (!__builtin_cpu_supports("avx2")) return 0;
    int32_t *pairs = paired(weights, groups);
    if (!pairs) return 0;
    for (; (size_t)(height - y) * line >= 2 * line + beyond; y += 2)
        resize_two_lines(source + y * line, line, weights, pairs, groups, target + y * narrow);
    free(pairs);
    return y;
}

void cpictures_resize_columns(
    const uint8_t *source, int width, int height, int channels, cpictures_weights weights, uint8_t *target) {
    size_t line = (size_t)width * channels, narrow = (size_t)weights.count * channels;
    int y = channels == 3 ? resize_lines(source, width, height, weights, target) : 0;
    for (; y < height; y++) resize_line(source + y * line, channels, weights, target + y * narrow);
}

FOR_EACH_PROCESSOR
void cpictures_resize_rows(const uint8_t *source, int line, cpictures_weights weights, uint8_t *target) {
    enum { BLOCK = 32 };
    for (int y = 0; y < weights.count; y++, target += line) {
        const int32_t *taps = weights.values + (size_t)y * weights.stride;
        const uint8_t *top = source + (size_t)weights.first[y] * line;
        int x = 0;
        for (; x + BLOCK <= line; x += BLOCK) {
            int32_t sums[BLOCK];
            for (int index = 0; index < BLOCK; index++) sums[index] = HALF;
            for (int tap = 0; tap < weights.taps[y]; tap++) {
                const uint8_t *values = top + (size_t)tap * line + x;
                for (int index = 0; index < BLOCK; index++) sums[index] += values[index] * taps[tap];
            }
            for (int index = 0; index < BLOCK; index++) target[x + index] = byte(sums[index]);
        }
        for (; x < line; x++) {
            int32_t sum = HALF;
            for (int tap = 0; tap < weights.taps[y]; tap++) sum += top[(size_t)tap * line + x] * taps[tap];
            target[x] = byte(sum);
        }
    }
}

FOR_EACH_PROCESSOR
void cpictures_planar(const uint8_t *source, size_t pixels, uint8_t *target) {
    for (size_t pixel = 0; pixel < pixels; pixel++) {
        target[pixel] = source[3 * pixel];
        target[pixels + pixel] = source[3 * pixel + 1];
        target[2 * pixels + pixel] = source[3 * pixel + 2];
    }
}
