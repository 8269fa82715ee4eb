// Lines of Python.
extension [String] {
    /// Four spaces further in.
    var indented: [String] { map { $0.isEmpty ? $0 : "    " + $0 } }

    /// With something behind the last line.
    func ending(with text: String) -> [String] { dropLast() + [last! + text] }

    /// With something before the first line.
    func beginning(with text: String) -> [String] { [text + first!] + dropFirst() }
}

extension [Int] {
    /// A tuple of Python.
    var tuple: String { count == 1 ? "(\(self[0]),)" : "(\(map(String.init).joined(separator: ", ")))" }
}

/// A class that `model.py` defines where a layer needs what PyTorch does not have.
enum PythonHelper: Int, CaseIterable {
    case trimmed, residual

    var lines: [String] {
        switch self {
        case .trimmed:
            [
                "class TrimmedConvTranspose2d(nn.ConvTranspose2d):",
                "    \"\"\"A transposed convolution that cuts rows off at the bottom and columns on the right.\"\"\"",
                "",
                "    def __init__(self, *arguments, trim, **settings):",
                "        super().__init__(*arguments, **settings)",
                "        self.trim = trim",
                "",
                "    def forward(self, x):",
                "        y = super().forward(x)",
                "        return y[:, :, : y.shape[2] - self.trim[0], : y.shape[3] - self.trim[1]]",
            ]
        case .residual:
            [
                "class Residual(nn.Module):",
                "    \"\"\"x, or its projection, and what the layers make of x.\"\"\"",
                "",
                "    def __init__(self, layers, projection=None):",
                "        super().__init__()",
                "        self.layers = layers",
                "        self.projection = projection",
                "",
                "    def forward(self, x):",
                "        return (x if self.projection is None else self.projection(x)) + self.layers(x)",
            ]
        }
    }
}
