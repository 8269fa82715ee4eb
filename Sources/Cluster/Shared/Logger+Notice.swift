import Coordination
import Logging

extension Logger {
    /// Writes a notice at its level.
    func log(_ notice: Notice) {
        switch notice.level {
        case .debug: debug("\(notice)")
        case .info: info("\(notice)")
        case .warning: warning("\(notice)")
        case .error: error("\(notice)")
        }
    }
}
