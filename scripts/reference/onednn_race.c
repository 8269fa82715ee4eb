// Shows that oneDNN 2.6 makes wrong convolutions where one thread makes kernels for float32 while another makes them for bfloat16,
// with nothing of Tributary in the process. See docs/numerics.md.
//
//   cc -O1 -o race scripts/reference/onednn_race.c -ldnnl -ldl -lpthread && ./race && ./race --lock

#define _GNU_SOURCE
#include <dlfcn.h>
#include <dnnl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHAPES = 64, LAPS = 200, MOST = 40000 };

typedef struct {
    dnnl_dims_t x, weight, y;
} shape;

static dnnl_engine_t engine;
static pthread_mutex_t making = PTHREAD_MUTEX_INITIALIZER;
static int locks;
static shape shapes[SHAPES];
static float *expected[2][SHAPES];
static const dnnl_data_type_t types[2] = {dnnl_f32, dnnl_bf16};
static int wrong[2];

static void check(dnnl_status_t status) {
    if (status != dnnl_success) printf("oneDNN's status is %d\n", status), exit(1);
}

static int64_t count(const dnnl_dims_t extents) { return extents[0] * extents[1] * extents[2] * extents[3]; }

static dnnl_memory_desc_t describe(const dnnl_dims_t extents, dnnl_data_type_t type, dnnl_format_tag_t tag) {
    dnnl_memory_desc_t result;
    check(dnnl_memory_desc_init_by_tag(&result, 4, extents, type, tag));
    return result;
}

static dnnl_memory_t place(const dnnl_memory_desc_t *described, void *values) {
    dnnl_memory_t memory;
    check(dnnl_memory_create(&memory, described, engine, values));
    return memory;
}

static void run(dnnl_primitive_desc_t plan, dnnl_primitive_t kernel, int n, const dnnl_exec_arg_t *arguments) {
    dnnl_stream_t stream;
    check(dnnl_stream_create(&stream, engine, dnnl_stream_default_flags));
    check(dnnl_primitive_execute(kernel, stream, n, arguments));
    check(dnnl_stream_destroy(stream));
    check(dnnl_primitive_destroy(kernel));
    check(dnnl_primitive_desc_destroy(plan));
}

// Random numbers that lie as `tag` says, in the layout and type of `described`.
static dnnl_memory_t operand(
    const dnnl_dims_t extents, dnnl_format_tag_t tag, unsigned seed, const dnnl_memory_desc_t *described) {
    static _Thread_local float values[MOST];
    for (int64_t i = 0; i < count(extents); i++) values[i] = (float)((seed = seed * 1664525u + 1013904223u) >> 24) / 64 - 2;
    dnnl_memory_desc_t plain = describe(extents, dnnl_f32, tag);
    dnnl_memory_t from = place(&plain, values), to = place(described, DNNL_MEMORY_ALLOCATE);
    dnnl_primitive_desc_t plan;
    dnnl_primitive_t kernel;
    check(dnnl_reorder_primitive_desc_create(&plan, &plain, engine, described, engine, NULL));
    check(dnnl_primitive_create(&kernel, plan));
    run(plan, kernel, 2, (dnnl_exec_arg_t[]){{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, to}});
    check(dnnl_memory_destroy(from));
    return to;
}

static void convolve(const shape *s, dnnl_data_type_t type, float *result) {
    static const dnnl_dims_t stride = {1, 1}, padding = {0, 0};
    dnnl_memory_desc_t x = describe(s->x, type, dnnl_nhwc), weight = describe(s->weight, type, dnnl_format_tag_any);
    dnnl_memory_desc_t y = describe(s->y, dnnl_f32, dnnl_nhwc);
    dnnl_convolution_desc_t convolution;
    dnnl_primitive_desc_t plan;
    dnnl_primitive_t kernel;
    if (locks) pthread_mutex_lock(&making);
    check(dnnl_convolution_forward_desc_init(
        &convolution, dnnl_forward_training, dnnl_convolution_direct, &x, &weight, NULL, &y, stride, padding, padding));
    check(dnnl_primitive_desc_create(&plan, &convolution, NULL, engine, NULL));
    check(dnnl_primitive_create(&kernel, plan));
    if (locks) pthread_mutex_unlock(&making);
    dnnl_memory_t memory[3] = {
        operand(s->x, dnnl_nhwc, 1, &x),
        operand(s->weight, dnnl_oihw, 2, dnnl_primitive_desc_query_md(plan, dnnl_query_weights_md, 0)),
        place(&y, result),
    };
    dnnl_exec_arg_t arguments[3] = {
        {DNNL_ARG_SRC, memory[0]}, {DNNL_ARG_WEIGHTS, memory[1]}, {DNNL_ARG_DST, memory[2]}};
    run(plan, kernel, 3, arguments);
    for (int i = 0; i < 3; i++) check(dnnl_memory_destroy(memory[i]));
}

static void use_one_thread(void) {
    void (*choose)(int) = (void (*)(int))dlsym(RTLD_DEFAULT, "omp_set_num_threads");
    if (choose) choose(1);
}

static void *work(void *which) {
    int kind = *(const int *)which;
    float *result = malloc(sizeof(float) * MOST);
    use_one_thread();
    for (int i = 0; i < LAPS * SHAPES; i++) {
        const shape *s = &shapes[i % SHAPES];
        convolve(s, types[kind], result);
        wrong[kind] += memcmp(result, expected[kind][i % SHAPES], sizeof(float) * (size_t)count(s->y)) != 0;
    }
    free(result);
    return NULL;
}

static int below(int limit) { return rand() % limit; }

static shape draw(void) {
    shape s = {
        .x = {1 + below(4), 1 + below(12), 4 + below(6), 4 + below(6)}, .weight = {1 + below(40), 0, 1 + below(3), 1 + below(3)}};
    s.weight[1] = s.x[1];
    s.y[0] = s.x[0], s.y[1] = s.weight[0];
    for (int i = 2; i < 4; i++) s.y[i] = s.x[i] - s.weight[i] + 1;
    return s;
}

int main(int argc, char **argv) {
    static const int kinds[2] = {0, 1};
    pthread_t threads[2];
    locks = argc > 1 && strcmp(argv[1], "--lock") == 0;
    use_one_thread();
    check(dnnl_set_max_cpu_isa(dnnl_cpu_isa_avx512_core_bf16));
    check(dnnl_set_primitive_cache_capacity(0));
    check(dnnl_engine_create(&engine, dnnl_cpu, 0));
    for (int i = 0; i < SHAPES; i++) {
        shapes[i] = draw();
        for (int kind = 0; kind < 2; kind++)
            convolve(&shapes[i], types[kind], expected[kind][i] = malloc(sizeof(float) * MOST));
    }
    for (int kind = 0; kind < 2; kind++) pthread_create(&threads[kind], NULL, work, (void *)&kinds[kind]);
    for (int kind = 0; kind < 2; kind++) pthread_join(threads[kind], NULL);
    printf(
        "of %d convolutions in each thread %d in float32 and %d in bfloat16 are wrong\n", LAPS * SHAPES, wrong[0], wrong[1]);
    return 0;
}
