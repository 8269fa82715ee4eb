// Runs a command and prints how many instructions its processes took outside the kernel, as the processor counts them.
//
//   instructions COMMAND [ARGUMENT …]        prints "instructions: N" on standard error at the end

#include <linux/perf_event.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv) {
    struct perf_event_attr event = {
        .type = PERF_TYPE_HARDWARE, .size = sizeof event, .config = PERF_COUNT_HW_INSTRUCTIONS, .disabled = 1,
        .inherit = 1, .enable_on_exec = 1, .exclude_kernel = 1, .exclude_hv = 1,
    };
    int counter = (int)syscall(SYS_perf_event_open, &event, 0, -1, -1, 0);
    uint64_t count = 0;
    int status = 0;
    if (argc < 2 || counter < 0) {
        fprintf(stderr, "usage: instructions COMMAND [ARGUMENT …], on a machine that lets programs count\n");
        return 2;
    }
    pid_t child = fork();
    if (child == 0) {
        execvp(argv[1], argv + 1);
        _exit(127);
    }
    // The child inherits a counter that begins when it becomes the command.
    waitpid(child, &status, 0);
    if (read(counter, &count, sizeof count) != sizeof count) return 2;
    fprintf(stderr, "instructions: %llu\n", (unsigned long long)count);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
