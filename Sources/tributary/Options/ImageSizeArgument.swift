import ArgumentParser
import Training
import VAE

/// The size of images on the command line: `64`, `218x178` or `218x178x3`, height first, as pictures lie in files.
struct ImageSizeArgument: ExpressibleByArgument {
    let height: Int
    let width: Int
    /// Nil where it is not said.
    let channels: Int?

    init?(argument: String) {
        let numbers = argument.lowercased().split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
        guard (1...3).contains(numbers.count), numbers.allSatisfy({ $0.map { $0 > 0 } ?? false }) else { return nil }
        height = numbers[0]!
        width = numbers.count > 1 ? numbers[1]! : height
        channels = numbers.count > 2 ? numbers[2]! : nil
    }

    /// Digits are in grey and faces in colour, unless it is said.
    func images(of preset: String) -> ImageDescription {
        ImageDescription(
            channels: channels ?? (preset == Subject.digits.rawValue ? 1 : 3), height: height, width: width)
    }
}
