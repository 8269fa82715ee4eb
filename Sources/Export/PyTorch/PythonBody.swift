/// What a method of `model.py` does: some statements, and what it returns.
struct PythonBody {
    var statements: [String] = []
    var result: String

    init(_ statements: String..., result: String) {
        self.statements = statements
        self.result = result
    }

    init(_ statements: [String], result: String) {
        self.statements = statements
        self.result = result
    }

    /// All lines, the last of which returns.
    var lines: [String] { statements + ["return \(result)"] }
}
