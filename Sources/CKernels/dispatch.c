#include "CKernels.h"

#include <immintrin.h>

void tributary_run_program_avx2(const tributary_program *program);
void tributary_run_program_avx512(const tributary_program *program);
void tributary_fill_noise_avx2(
    tributary_distribution distribution, const tributary_stream *stream, float probability, int64_t count,
    float *result);
void tributary_fill_noise_avx512(
    tributary_distribution distribution, const tributary_stream *stream, float probability, int64_t count,
    float *result);

void tributary_run_program(tributary_instruction_set set, const tributary_program *program) {
    if (set == TRIBUTARY_AVX512) tributary_run_program_avx512(program);
    else tributary_run_program_avx2(program);
}

void tributary_fill_noise(
    tributary_instruction_set set, tributary_distribution distribution, const tributary_stream *stream,
    float probability, int64_t count, float *result) {
    if (set == TRIBUTARY_AVX512) tributary_fill_noise_avx512(distribution, stream, probability, count, result);
    else tributary_fill_noise_avx2(distribution, stream, probability, count, result);
}

void tributary_flush_denormals(void) { _mm_setcsr(_mm_getcsr() | 0x8040); }
