import Explore
import Ingest
import Training
import Tributary

extension DatasetSource {
    /// What the file says of some examples of a split: whether they have each of its attributes, or their classes.
    ///
    /// Attributes are columns of 1 and 0, or of 1 and -1. Columns of other numbers are left out, unless they are the only one and hold
    /// classes.
    func facts(of examples: [Int], in split: Split) throws -> [ExampleFact] {
        guard let targets = dataset.targets else { return [] }
        let values = try dataset.targetValues()
        let width = targets.columnCount
        return (0..<width).compactMap { column in
            let own = examples.map { values[rows[split]![$0] * width + column] }
            let name = targets.names.isEmpty ? (width == 1 ? "class" : "attribute \(column)") : targets.names[column]
            let isAttribute = width > 1 || !targets.names.isEmpty
            return (isAttribute ? Self.attribute(own, name) : nil)
                ?? (width == 1 ? Self.classes(own, name, names: targets.classNames) : nil)
        }
    }

    private static func attribute(_ values: [Double], _ name: String) -> ExampleFact? {
        guard values.allSatisfy({ [0, 1, -1].contains($0) || $0.isNaN }) else { return nil }
        return ExampleFact(name: name, values: values.map { $0.isNaN ? nil : $0 == 1 ? 1 : 0 })
    }

    /// No number, -1 and a byte's 255 stand for no label.
    private static func classes(_ values: [Double], _ name: String, names: [String]) -> ExampleFact? {
        let labels = values.map { Int(exactly: $0).flatMap { $0 < 0 || $0 == 255 ? nil : $0 } }
        guard let most = labels.compactMap(\.self).max(), most < 1000 else { return nil }
        let groups = names.count > most ? names : (0...most).map(String.init)
        return ExampleFact(name: name, groups: groups, values: labels)
    }
}
