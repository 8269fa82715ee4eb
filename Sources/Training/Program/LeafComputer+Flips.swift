import Contract
import VAE

extension TrainingProgram {
    /// Exchanges left and right of the images that training sees so: a draw for each example and pass.
    ///
    /// - Parameter pixels: (m, C, H, W), the rows of the microbatch.
    func flip(_ pixels: inout MutableSpan<Float>, of microbatch: Microbatch) {
        let images = configuration.model.images
        guard images.flip > 0 else { return }
        for (row, (example, pass)) in zip(microbatch.examples, microbatch.passes).enumerated()
        where images.isFlipped(example: example, pass: pass, seed: configuration.seed) {
            for line in 0..<images.channels * images.height {
                reverse(&pixels, from: (row * images.channels * images.height + line) * images.width, images.width)
            }
        }
    }

    private func reverse(_ values: inout MutableSpan<Float>, from start: Int, _ count: Int) {
        for place in 0..<count / 2 { values.swapAt(start + place, start + count - 1 - place) }
    }
}
