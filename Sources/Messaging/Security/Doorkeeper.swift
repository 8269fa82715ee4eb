import Foundation
import Synchronization

/// Says who may enter the listening sockets of a context: answers libzmq's question about each new peer's key, on a thread of
/// its own (ZeroMQ RFC 27, ZAP).
///
/// It has to be there before a socket listens. It ends with its owner; from then on nobody new comes in.
public final class Doorkeeper: Sendable {
    /// The name that sockets ask under; any would do, but there must be one.
    static let domain = Array("tributary".utf8)
    /// Where libzmq asks.
    private static let address = "inproc://zeromq.zap.01"

    private let doorbell: Doorbell
    private let isOver = Mutex(false)

    /// - Parameter admits: Whether the owner of a key may enter; it is called on the doorkeeper's thread.
    /// - Throws: The context has a doorkeeper already.
    public init(in context: Context, admits: @escaping @Sendable (PublicKey) -> Bool) throws(MessagingError) {
        doorbell = try Doorbell()
        let socket = try Socket(.reply, in: context)
        try socket.listen(on: Endpoint(Self.address))
        let door = Door(socket)
        let thread = Thread { [doorbell, weak self] in
            while self?.isOver.withLock({ $0 }) == false { door.answer(doorbell, admits) }
        }
        thread.name = "doorkeeper"
        thread.start()
    }

    deinit {
        isOver.withLock { $0 = true }
        doorbell.ring()
    }

    /// The socket that only the doorkeeper's thread touches once it runs.
    private final class Door: @unchecked Sendable {
        // Unchecked: made on one thread and handed to another before anything else happens, as libzmq permits.
        private let socket: Socket

        init(_ socket: consuming Socket) {
            self.socket = socket
        }

        /// Waits for a question, at most a second, and answers it. A failing socket lets nobody in.
        func answer(_ doorbell: Doorbell, _ admits: (PublicKey) -> Bool) {
            do throws(MessagingError) {
                try Poller.wait(for: socket, doorbell, atMost: .seconds(1))
                while let question = try nextQuestion() { try send(AdmissionReply(to: question, admits).frames) }
            } catch {
                Thread.sleep(forTimeInterval: 0.1)  // so that a socket that always fails does not spin
            }
        }

        private func nextQuestion() throws(MessagingError) -> [[UInt8]]? {
            var frames: [[UInt8]] = []
            while let frame = try socket.receive() {
                frames.append(frame.bytes)
                if !frame.hasMore { return frames }
            }
            return nil
        }

        private func send(_ frames: [[UInt8]]) throws(MessagingError) {
            for (index, frame) in frames.enumerated() {
                _ = try socket.send(Message(frame), more: index < frames.count - 1)
            }
        }
    }
}

/// The answer to one question of libzmq: version, number of the question, status, reason, user, nothing.
struct AdmissionReply {
    private static let version = Array("1.0".utf8)

    let frames: [[UInt8]]

    /// A question has seven frames: version, number, domain, address, identity, mechanism, key. Whatever differs is refused.
    ///
    /// The user's name is the key itself: a listener that wants another looks it up.
    init(to question: [[UInt8]], _ admits: (PublicKey) -> Bool) {
        let number = question.count > 1 ? question[1] : []
        guard question.count == 7, question[0] == Self.version, question[2] == Doorkeeper.domain,
            question[5] == Array("CURVE".utf8), let key = PublicKey(question[6]), admits(key)
        else {
            frames = [Self.version, number, Array("400".utf8), Array("no".utf8), [], []]
            return
        }
        frames = [Self.version, number, Array("200".utf8), Array("OK".utf8), Array(key.description.utf8), []]
    }
}
