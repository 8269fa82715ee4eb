/// The labels of records, gathered one after the other.
struct RecordLabels {
    /// K numbers for each record so far, from the first one on that has any.
    private var values: [Int32] = []
    private var columns = 0
    /// The texts that numbers stand for, where labels are texts.
    private var texts: [String: Int32] = [:]
    private var missing = 0
    private var isMixed = false

    mutating func add(_ label: RecordLabel) {
        switch label {
        case .none: addNone()
        case .numbers(let numbers): add(numbers, areTexts: false)
        case .text(let text): add([texts[text] ?? Int32(texts.count)], areTexts: true, text)
        }
    }

    private mutating func addNone() {
        missing += 1
        values += [Int32](repeating: -1, count: columns)
    }

    private mutating func add(_ numbers: [Int32], areTexts: Bool, _ text: String? = nil) {
        if columns == 0, !numbers.isEmpty {
            columns = numbers.count
            values = [Int32](repeating: -1, count: missing * columns)
        } else if numbers.count != columns || areTexts == texts.isEmpty {
            isMixed = true
        }
        if let text { texts[text] = numbers[0] }
        values += numbers
    }

    /// A table of what was found, and what is to be said about it.
    var table: (TargetTable, notes: [String]) {
        guard columns > 0 else { return (TargetTable(), []) }
        if isMixed { return (TargetTable(), ["Labels have several lengths or kinds, and were left out."]) }
        let notes = missing == 0 ? [] : ["\(counted(missing, "record")) without a label: -1 stands for it."]
        guard texts.isEmpty else { return (textTable, notes) }
        let names = columns == 1 ? ["class"] : (0..<columns).map { "label \($0)" }
        return (TargetTable(names: names, values: values), notes)
    }

    /// Texts are numbered in their order, not in the one in which they came.
    private var textTable: TargetTable {
        let classes = texts.keys.sorted(by: SourceOrder.precedes)
        var numbers = [Int32](repeating: -1, count: texts.count)
        for (number, text) in classes.enumerated() { numbers[Int(texts[text]!)] = Int32(number) }
        return TargetTable(
            names: ["class"], values: values.map { $0 < 0 ? -1 : numbers[Int($0)] }, classes: ["class": classes])
    }
}
