import Foundation
import Synchronization
import Tensors
import Testing
import Training

@testable import Explore
@testable import Web

@Suite struct RunExplorerTests {
    private static let tiny = try! TinyRun()

    /// A run whose checkpoints come while it is asked.
    private final class Growing: Sendable {
        let steps = Mutex<[Int]>([])
    }

    private static func explorer(_ growing: Growing) -> RunExplorer {
        var activity = RunActivity()
        activity.join("b")
        activity.join("a")
        activity.add("first", seconds: 1)
        activity.add("second", seconds: 2)
        let run = ExploredRun(
            name: "tiny", steps: { growing.steps.withLock { $0 } }, read: { tiny.checkpoints[$0]! }, metrics: nil,
            examples: nil, fit: TinyRun.fit, activity: { [activity] in activity })
        return RunExplorer(run) {
            try Explorer(
                run, $0, Survey(codes: [0, 1, 1, 0], latents: 2, facts: []), engine: Interpreter(), weights: .average)
        }
    }

    @Test func beforeTheFirstCheckpointWhatGoesOnIsTold() async throws {
        let growing = Growing()
        let explorer = Self.explorer(growing)
        #expect(await explorer.answer(try .get("/page.js")).status == 200)
        #expect(await explorer.answer(try .get("/model.json")).status == 503)
        let text = await explorer.answer(try .get("/run.json")).text
        #expect(text.contains(#""events":[{"seconds":2,"text":"second"},{"seconds":1,"text":"first"}]"#), "\(text)")
        #expect(text.contains(#""workers":["a","b"]"#) && text.contains(#""checkpoints":[]"#))
        growing.steps.withLock { $0 = [2] }
        #expect(await explorer.answer(try .get("/model.json")).text.contains(#""step":2,"#))
        let progress = await explorer.answer(try .get("/run.json")).text
        #expect(progress.contains(#""checkpoints":[{"epoch":1,"step":2}]"#) && progress.contains("second"))
    }

    /// An open page keeps the step that it asks for, whatever comes.
    @Test func aPageThatIsOpenKeepsItsCheckpoint() async throws {
        let growing = Growing()
        let explorer = Self.explorer(growing)
        growing.steps.withLock { $0 = [2] }
        let request = try Request.post("/picture.png?step=2", #"{"code": [0.25, -1.5]}"#)
        let before = await explorer.answer(request)
        growing.steps.withLock { $0 = [2, 4] }
        _ = await explorer.answer(try .post("/picture.png?step=4", #"{"code": [0.25, -1.5]}"#))
        #expect(before.status == 200)
        #expect(await explorer.answer(request) == before)
    }

    @Test func ofManyEventsTheLastStay() {
        var activity = RunActivity()
        for number in 0..<100 { activity.add("\(number)", seconds: number) }
        #expect(activity.events.count == 40 && activity.events[0].text == "99")
        activity.join("a")
        activity.leave("a")
        #expect(activity.workers == [])
    }
}
