import ConfigurationFiles
import Ingest

/// What is true or false of each image of a file: its attributes, or its classes where it has one class for each image.
struct ImageAttributes {
    /// Such as `Smiling`, or `7`.
    let names: [String]
    /// Whether of the names exactly one is true of an image.
    let areClasses: Bool
    private let file: String
    /// What each name says of an image: of which target it is, and which value of it says yes; nil where 1 says yes and another no.
    private let columns: [(target: Int, value: Double?)]
    private let targets: [Double]
    private let width: Int

    /// More classes than this are none.
    private static let mostClasses = 1000

    /// - Throws: `UsageProblem` where the file says nothing that is true or false.
    init(_ images: AnnotatedImages) throws {
        file = images.dataset.path
        targets = images.targets
        width = images.dataset.targets?.columnCount ?? 0
        let isNamed = images.dataset.targets?.names.isEmpty == false
        let attributes = (0..<width).filter {
            Self.areAttribute(images.targets, column: $0, of: images.dataset.targets!.columnCount)
        }
        areClasses = width == 1 && !(isNamed && !attributes.isEmpty)
        if areClasses {
            let classes = Self.classes(images)
            names = classes.map(\.name)
            columns = classes.map { (0, $0.value) }
        } else {
            names = attributes.map { images.targetNames[$0] }
            columns = attributes.map { ($0, nil) }
        }
        guard !names.isEmpty else {
            throw UsageProblem(
                "\(file) says nothing of its images that is true or false: `tributary data inspect` says what a file has, and "
                    + "--labels-path names its attributes")
        }
    }

    /// Whether all values of a target are 1 for yes, 0 or -1 for no, or unknown.
    private static func areAttribute(_ targets: [Double], column: Int, of width: Int) -> Bool {
        stride(from: column, to: targets.count, by: width).allSatisfy {
            [1, 0, -1].contains(targets[$0]) || targets[$0].isNaN
        }
    }

    private static func classes(_ images: AnnotatedImages) -> [(name: String, value: Double)] {
        let values = Set(images.targets).filter { $0 >= 0 && Int(exactly: $0) != nil }.sorted()
        guard values.count <= mostClasses else { return [] }
        let texts = images.dataset.targets?.classNames ?? []
        return values.map { value in
            let number = Int(value)
            return (texts.indices.contains(number) ? texts[number] : "\(number)", value)
        }
    }

    /// Which of the names some words are, in capitals or not.
    ///
    /// - Throws: `UsageProblem` with the names that there are.
    func indices(of words: [String]) throws -> [Int] {
        try words.map { word in
            let found = names.firstIndex(of: word) ?? names.firstIndex { $0.lowercased() == word.lowercased() }
            guard let found else {
                throw UsageProblem("\(file) has no attribute \(word), only \(names.joined(separator: ", "))")
            }
            return found
        }
    }

    /// What is true of an image, name by name; nil for what nobody knows.
    func truth(of row: Int) -> [Bool?] {
        columns.map { column in
            let target = targets[row * width + column.target]
            guard !target.isNaN else { return nil }
            guard let value = column.value else { return target > 0 }
            return target < 0 ? nil : target == value
        }
    }
}
