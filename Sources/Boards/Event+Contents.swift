import Contract
import Foundation
import Pictures
import SwiftProtobuf
import Training
import WallTime

extension Event {
    private init(step: Int, _ what: OneOf_What) {
        self.init()
        wallTime = WallTime.now
        self.step = Int64(step)
        self.what = what
    }

    /// What a file begins with.
    static var version: Event { Event(step: 0, .fileVersion("brain.Event:2")) }

    /// Takes back all that was said of a step and of later ones.
    static func beginning(at step: Int) -> Event {
        Event(step: step, .sessionLog(.with { $0.status = .start }))
    }

    /// Some numbers of a step. Those that are none, or infinite, are left out: a curve has a gap there.
    static func scalars(_ numbers: [(tag: String, value: Double)], step: Int) -> Event {
        summary(
            numbers.filter(\.value.isFinite).map { number in
                .with {
                    $0.tag = number.tag
                    $0.simpleValue = Float(number.value)
                }
            }, step: step)
    }

    /// How some finite numbers are spread, in buckets of equal width from the least to the greatest.
    static func histogram(_ numbers: [Double], tag: String, step: Int) -> Event {
        let (least, greatest) = (numbers.min() ?? 0, numbers.max() ?? 0)
        let count = greatest > least ? 30 : 1
        let width = (greatest - least) / Double(count)
        var buckets = [Double](repeating: 0, count: count)
        for number in numbers { buckets[width > 0 ? min(count - 1, Int((number - least) / width)) : 0] += 1 }
        let value = Summary.Value.with {
            $0.tag = tag
            $0.histo = .with {
                ($0.min, $0.max, $0.num) = (least, greatest, Double(numbers.count))
                $0.sum = numbers.reduce(0, +)
                $0.sumSquares = numbers.reduce(0) { $0 + $1 * $1 }
                $0.bucketLimit = (1...count).map { $0 == count ? greatest : least + Double($0) * width }
                $0.bucket = buckets
            }
        }
        return summary([value], step: step)
    }

    /// A picture, as the bytes of a PNG file.
    ///
    /// - Throws: `PictureError` for what is none.
    static func picture(_ bytes: [UInt8], tag: String, step: Int) throws -> Event {
        let image = try PNG.decode(bytes, name: tag)
        let value = Summary.Value.with {
            $0.tag = tag
            $0.image = .with {
                $0.width = Int32(image.width)
                $0.height = Int32(image.height)
                $0.colorspace = Int32(image.channels)
                $0.encodedImageString = Data(bytes)
            }
        }
        return summary([value], step: step)
    }

    /// A text in Markdown.
    static func text(_ text: String, tag: String) -> Event {
        let value = Summary.Value.with {
            $0.tag = tag
            $0.metadata.pluginData.pluginName = "text"
            $0.tensor = .with {
                $0.dtype = 7
                $0.tensorShape.dim = [.with { $0.size = 1 }]
                $0.stringVal = [Data(text.utf8)]
            }
        }
        return summary([value], step: 0)
    }

    /// What the page of hyperparameters is told under a tag of its own.
    static func hyperparameters(_ data: HyperparameterData, tag: String) throws -> Event {
        let content: Data = try data.serializedData()
        let value = Summary.Value.with {
            $0.tag = tag
            $0.metadata.pluginData = .with {
                $0.pluginName = "hparams"
                $0.content = content
            }
        }
        return summary([value], step: 0)
    }

    private static func summary(_ values: [Summary.Value], step: Int) -> Event {
        Event(step: step, .summary(.with { $0.value = values }))
    }
}
