import Coordination
import Logging

extension Logger {
    /// Writes a notice at its level.
    func log(_ notice: Notice) {
        let level: Logger.Level =
            switch notice.level {
            case .debug: .debug
            case .info: .info
            case .warning: .warning
            case .error: .error
            }
        log(level: level, "\(notice)", metadata: notice.fields)
    }
}
