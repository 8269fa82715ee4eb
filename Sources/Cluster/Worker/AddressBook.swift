import Foundation
import Messaging

/// The addresses of a coordinator's name, one after the other; when all were tried the name is looked up anew, on a thread of its own.
struct AddressBook {
    private let endpoint: Endpoint
    private let lookUpLater: @Sendable () -> Void
    private var untried: [Endpoint] = []
    private var isLookingUp = false

    /// - Parameter tell: Is called on another thread with what was found.
    init(_ endpoint: Endpoint, tell: @escaping @Sendable (Result<[Endpoint], MessagingError>) -> Void) {
        self.init(endpoint) {
            Thread {
                do throws(MessagingError) {
                    tell(.success(try endpoint.addresses()))
                } catch {
                    tell(.failure(error))
                }
            }.start()
        }
    }

    /// - Parameter lookUpLater: Sees to it that `take` is called with what is found.
    init(_ endpoint: Endpoint, lookUpLater: @escaping @Sendable () -> Void) {
        self.endpoint = endpoint
        self.lookUpLater = lookUpLater
    }

    /// The next address to try; nil while the name is looked up.
    mutating func next() -> Endpoint? {
        guard endpoint.hasName else { return endpoint }
        if !untried.isEmpty { return untried.removeFirst() }
        if !isLookingUp { lookUpLater() }
        isLookingUp = true
        return nil
    }

    /// Takes what was found.
    mutating func take(_ found: [Endpoint]) {
        isLookingUp = false
        untried = found
    }
}
