import Tensors
import VAE

/// Where a graph takes its examples in, and how their bytes become numbers.
struct ExampleInputs {
    /// (m, C, H, W)
    let pixels: SliceTable.Slice
    /// (m, K), one-hot; nil where the objective reads no labels.
    private let labels: SliceTable.Slice?

    init(_ graph: Graph) {
        pixels = graph.inputs.required(VariationalAutoencoder.pixels)
        labels = graph.inputs[VariationalAutoencoder.labels]
    }

    /// Writes pixels as byte / 255 and a label as a one-hot vector, or as zeros where there is none.
    ///
    /// - Parameter bytes: As `TrainingProgram.bytes(of:in:from:)` gives them, m examples.
    func write(_ bytes: [UInt8], to inputs: inout [Float]) {
        guard let labels else { return writeUnitInterval(bytes[...], to: &inputs, pixels.range) }
        let (rows, classes) = (labels.shape[0], labels.shape[1])
        let count = pixels.shape.count / rows
        precondition(bytes.count == rows * (count + 1), "\(bytes.count) bytes for \(rows) examples of \(count + 1)")
        for row in 0..<rows {
            let start = row * (count + 1)
            let place = pixels.offset + row * count
            writeUnitInterval(bytes[start..<start + count], to: &inputs, place..<place + count)
            let label = Int(bytes[start + count])
            for index in 0..<classes { inputs[labels.offset + row * classes + index] = index == label ? 1 : 0 }
        }
    }
}
