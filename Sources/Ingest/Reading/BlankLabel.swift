import Foundation

extension String {
    /// Whether it is what spreadsheets, pandas and JSON write where there is no label.
    var isBlankLabel: Bool {
        ["", "nan", "null", "none", "na", "n/a", "<na>"].contains(trimmingCharacters(in: .whitespaces).lowercased())
    }
}
