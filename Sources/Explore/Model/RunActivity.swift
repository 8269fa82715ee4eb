/// What goes on in a run at this moment, as far as it tells its user.
public struct RunActivity: Sendable, Hashable, Encodable {
    /// Something that happened.
    public struct Event: Sendable, Hashable, Encodable {
        /// Since the run began, here.
        public let seconds: Int
        public let text: String
    }

    /// How many steps are applied, and how many will be.
    public var step = 0
    public var totalSteps = 0
    public var imagesPerSecond = 0.0
    /// The names of the workers that take part.
    public private(set) var workers: [String] = []
    /// What happened last, the newest first.
    public private(set) var events: [Event] = []

    private static let mostEvents = 40

    public init() {}

    public mutating func add(_ text: String, seconds: Int) {
        events.insert(Event(seconds: seconds, text: text), at: 0)
        events = Array(events.prefix(Self.mostEvents))
    }

    public mutating func join(_ worker: String) { workers = (workers.filter { $0 != worker } + [worker]).sorted() }
    public mutating func leave(_ worker: String) { workers.removeAll { $0 == worker } }
}
