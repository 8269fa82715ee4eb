import Testing

@testable import VAE

extension Preset: CustomTestStringConvertible {
    public var testDescription: String { name }
}
