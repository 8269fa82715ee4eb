import Messaging

extension LinkSecurity<WorkerKeys> {
    /// What connecting sockets are told.
    var ofClient: SocketSecurity {
        switch self {
        case .none: .none
        case .insecure: .insecure
        case .keys(let keys): .client(keys.key, server: keys.coordinator)
        }
    }
}
