import ArgumentParser
import Training

/// Values of options that say why they cannot be read: to be given to `@Option` as `transform`.
enum Readings {
    /// Why a value is refused, to stand behind a colon.
    struct Refusal: Error, CustomStringConvertible {
        let description: String
    }

    static func seed(_ text: String) throws -> UInt64 {
        guard let seed = UInt64(text), seed <= UInt64(Int.max) else {
            throw Refusal(description: "a seed is a whole number from 0 to 2^63 - 1")
        }
        return seed
    }

    static func address(_ text: String) throws -> String {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count > 1, let port = UInt16(parts[parts.count - 1]), port > 0, !parts[0].isEmpty,
            !text.contains(where: { $0 == "/" || $0.isWhitespace }), parts.count == 2 || text.hasPrefix("[")
        else {
            throw Refusal(description: "an address is HOST:PORT, such as node1.example.org:7100")
        }
        return text
    }

    static func listenAddress(_ text: String) throws -> ListenAddress {
        guard let address = ListenAddress(text) else {
            throw Refusal(description: "it is a port from 0 to 65535 or ADDRESS:PORT, such as 9464 or 0.0.0.0:9464")
        }
        return address
    }

    static func memory(_ text: String) throws -> ByteCount {
        guard let count = ByteCount(argument: text) else {
            throw Refusal(description: "an amount of memory is a number with M or G, such as 500M or 8G")
        }
        return count
    }

    static func interval(_ text: String) throws -> Interval {
        guard let interval = Interval(argument: text) else {
            throw Refusal(description: "a time is a number above 0 with s, m or h, such as 30s, 5m or 1h")
        }
        return interval
    }

    static func steps(_ text: String) throws -> StepRange {
        guard let range = StepRange(argument: text) else {
            throw Refusal(description: "steps are FIRST..LAST, the smaller first, such as 600..630")
        }
        return range
    }

    static func weights(_ text: String) throws -> Weights {
        guard let weights = Weights(rawValue: text) else {
            throw Refusal(description: "weights are average or last")
        }
        return weights
    }

    static func size(_ text: String) throws -> ImageSizeArgument {
        guard let size = ImageSizeArgument(argument: text) else {
            throw Refusal(description: "a size is HEIGHTxWIDTH or HEIGHTxWIDTHxCHANNELS, such as 64x64 or 218x178x3")
        }
        return size
    }
}
