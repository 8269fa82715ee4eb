/// One step's parameters and running statistics, which leaves of that step share.
final class Snapshot: Sendable {
    let parameters: [Float]
    let statistics: [Float]

    init(_ values: [Float], parameters count: Int) {
        parameters = Array(values[..<count])
        statistics = Array(values[count...])
    }
}
