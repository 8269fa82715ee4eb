import Testing

@testable import Web

@Suite struct DeadlineTests {
    @Test func whatTakesLongerIsCancelled() async {
        let deadline = Deadline()
        deadline.set(.zero)
        await #expect(throws: TimeOver.self) {
            try await deadline.watch(every: .milliseconds(1)) { try await Task.sleep(for: .seconds(3600)) }
        }
    }

    @Test func whatEndsInTimeAndWhatHasNoEndAreNot() async throws {
        let deadline = Deadline()
        deadline.set(.seconds(3600), isWithinRequest: true)
        #expect(deadline.isWithinRequest)
        try await deadline.watch(every: .milliseconds(1)) { await Task.yield() }
        deadline.set(nil)
        #expect(!deadline.isWithinRequest)
        try await deadline.watch(every: .milliseconds(1)) { try await Task.sleep(for: .milliseconds(20)) }
    }
}
