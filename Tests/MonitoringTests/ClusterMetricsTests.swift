import Cluster
import Foundation
import Testing
import Web

@testable import Monitoring

/// The metrics of a run, and who gets them.
@Suite struct ClusterMetricsTests {
    private static func status() -> ClusterStatus {
        let text = """
            {"version":1,"time":"t","run":"0af9","step":12,"total_steps":20,"epoch":2,"total_epochs":3,"global_batch":32,
            "images_per_second":100,"training":{"step":12,"reconstruction":3,"divergence":4},
            "checkpoint":{"step":10,"age_seconds":5},
            "workers":[{"name":"a","host":"h","process":1,"threads":2,"activity":"late","nodes":[],"images_per_second":60,
            "share":0.6,"bytes_under_way":8,"totals":{"images":96,"parameter_bytes":100,"pixel_bytes":7,"sum_bytes":50,
            "last_in_steps":4,"late_leases":1}}],
            "totals":{"steps":12,"images":384,"evaluations":1,"checkpoints":2,"joined":1,"left":0,"refused":0,"late_leases":1,
            "audits":0,"missed_audits":0,"disputes":0,"quarantined":0,"malformed_messages":0},
            "step_seconds":{"bounds":[0.5,1],"counts":[9,2,1],"sum":6.5},"events":[]}
            """
        guard let status = try? ClusterStatus(encoded: Array(text.utf8)) else { preconditionFailure("no status") }
        return status
    }

    @Test func everyMetricHasOneNameAndEachSampleIsThereOnce() {
        let families = ClusterMetrics(Self.status(), age: 0.5).families + ProcessMetrics().families
        #expect(Set(families.map(\.name)).count == families.count)
        for family in families {
            let places = family.samples.map { "\($0.suffix) \($0.labels)" }
            #expect(Set(places).count == places.count, "\(family.name)")
            #expect(family.name.hasSuffix("_total") == (family.kind == .counter), "\(family.name)")
            let labels = Set(family.samples.flatMap { $0.labels.map(\.name) })
            #expect(labels.isSubset(of: ["run", "worker", "state", "split", "direction", "content", "le"]))
        }
    }

    @Test func theDocumentNamesEveryMetricAndNoOther() throws {
        let root = URL(filePath: #filePath).appending(path: "../../..").standardized
        let text = try String(contentsOf: root.appending(path: "docs/seeing.md"), encoding: .utf8)
        let named = Set(text.matches(of: /`((?:tributary|process)_[a-z_]+)/).map { String($0.1) })
        let families = ClusterMetrics(Self.status(), age: 0.5).families + ProcessMetrics().families
        #expect(named == Set(families.map(\.name)))
    }

    @Test func numbersAreThoseOfTheStatus() {
        let text = Exposition.text(ClusterMetrics(Self.status(), age: 0.5).families)
        for line in [
            "tributary_step 12", "tributary_negative_elbo_nats{split=\"train\"} 7",
            "tributary_link_bytes_total{worker=\"a\",direction=\"sent\",content=\"pixels\"} 7",
            "tributary_link_bytes_total{worker=\"a\",direction=\"received\",content=\"sums\"} 50",
            "tributary_step_seconds_bucket{le=\"0.5\"} 9", "tributary_step_seconds_bucket{le=\"1\"} 11",
            "tributary_step_seconds_bucket{le=\"+Inf\"} 12", "tributary_step_seconds_sum 6.5",
            "tributary_step_seconds_count 12", "tributary_workers{state=\"late\"} 1",
            "tributary_workers{state=\"computing\"} 0", "tributary_checkpoint_age_seconds 5.5",
            "tributary_status_age_seconds 0.5", "tributary_worker_last_in_steps_total{worker=\"a\"} 4",
        ] {
            #expect(text.contains("\n\(line)\n"), "\(line)")
        }
        #expect(!text.contains("split=\"valid\""), "there was no evaluation")
    }

    @Test func thisProcessIsMeasured() throws {
        let families = ProcessMetrics().families
        #expect(families.allSatisfy { $0.samples.count == 1 })
        #expect(families[1].samples[0].value > 1e6)
        // A program's name may look like the rest of the line.
        let fields = ProcessMetrics.fields(ofStat: "7 (a) R 1) S 1 2 3 4 5 6 7 8 9 10 11 12 13")
        #expect(fields[0] == 0 && fields[1] == 1 && fields[11] == 11)
    }

    @Test func onlyTheMetricsAreThere() throws {
        let server = try MetricsServer(address: "127.0.0.1", port: 0, Lookout())
        func answer(_ line: String) throws -> Answer {
            server.answer(Request(try RequestHead(Array("\(line) HTTP/1.1\r\nHost: localhost".utf8))))
        }
        let metrics = try answer("GET /metrics")
        #expect(metrics.status == 200 && metrics.type == "text/plain; version=0.0.4; charset=utf-8")
        #expect(String(decoding: metrics.body, as: UTF8.self).contains("\nprocess_resident_memory_bytes "))
        #expect(try answer("GET /").status == 404 && answer("POST /metrics").status == 405)
    }

    @Test func onlyThisMachinesOwnAddressesAreOfItAlone() {
        #expect(MetricsServer.isLoopback("127.0.0.1") && MetricsServer.isLoopback("127.1.2.3"))
        #expect(MetricsServer.isLoopback("::1"))
        #expect(!MetricsServer.isLoopback("0.0.0.0") && !MetricsServer.isLoopback("192.168.1.5"))
    }
}
