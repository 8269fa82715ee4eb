import SwiftProtobuf
import Testing

@testable import Boards

/// Records as TensorFlow writes them; the bytes are those of its own writer.
@Suite struct EventRecordTests {
    @Test func recordsAreThoseOfTensorFlow() throws {
        var version = Event.version
        version.wallTime = 1
        #expect(
            try Self.hexadecimal(version)
                == "1800000000000000a37f4b2209000000000000f03f1a0d627261696e2e4576656e743a3286bf577a")
        var loss = Event.scalars([("loss", 0.25)], step: 5)
        loss.wallTime = 2
        #expect(
            try Self.hexadecimal(loss)
                == "1a00000000000000129bd82d09000000000000004010052a0d0a0b0a046c6f7373150000803e2b6f5324")
    }

    private static func hexadecimal(_ event: Event) throws -> String {
        EventRecord.bytes(of: try event.serializedBytes()).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }

    @Test(arguments: [[0.0, 0.1, 0.1, 3], [2, 2], [-1]]) func aHistogramHasEachNumberInOneBucket(_ numbers: [Double]) {
        let histogram = Event.histogram(numbers, tag: "h", step: 1).summary.value[0].histo
        #expect(histogram.bucket.reduce(0, +) == Double(numbers.count) && histogram.num == Double(numbers.count))
        #expect(histogram.bucket.count == histogram.bucketLimit.count)
        #expect(histogram.min == numbers.min() && histogram.bucketLimit.last == numbers.max())
        #expect(histogram.bucketLimit == histogram.bucketLimit.sorted())
        #expect(abs(histogram.sum - numbers.reduce(0, +)) < 1e-12)
    }

    @Test func whatIsTornOrDamagedEndsTheRecords() {
        let records = [[1, 2, 3], [], [4]].map { EventRecord.bytes(of: $0) }
        let all = records.joined().map(\.self)
        #expect(EventRecord.datas(in: all).map(Array.init) == [[1, 2, 3], [], [4]])
        for length in records[0].count..<all.count {
            #expect(EventRecord.datas(in: Array(all.prefix(length))).count < 3)
        }
        for index in 0..<records[0].count {
            var damaged = all
            damaged[index] ^= 0x40
            #expect(EventRecord.datas(in: damaged).isEmpty)
        }
    }
}
