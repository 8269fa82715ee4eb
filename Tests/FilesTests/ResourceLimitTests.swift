import Files
import Foundation
import Testing

@Suite struct ResourceLimitTests {
    /// In a process of its own: the limit is that of all threads.
    @Test func allocationsBeyondTheLimitFailAndLaterOnesDoNot() async {
        await #expect(processExitsWith: .success) {
            func isPossible() -> Bool {
                let memory = mmap(nil, 1 << 30, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
                return memory != MAP_FAILED && munmap(memory, 1 << 30) == 0
            }
            let within = ResourceLimits.withMemory(atMost: 1 << 28) { isPossible() }
            exit(!within && isPossible() ? 0 : 1)
        }
    }
}
