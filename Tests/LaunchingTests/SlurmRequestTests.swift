import Foundation
import Launching
import Testing

struct SlurmRequestTests {
    private static func request(_ run: String..., directory: String = "runs/faces") -> SlurmRequest {
        SlurmRequest(
            directory: directory, nodes: 4, cores: 8, program: "/opt/my tools/tributary", keys: "it's/keys",
            run: ["--out", directory] + run)
    }

    /// Each script, as bash reads it, with Slurm's commands and the program replaced by what shows their words.
    ///
    /// - Parameters:
    ///   - coordinator: What the coordinator's step ends with.
    ///   - worker: What the workers' step ends with; the coordinator outlives it.
    private static func run(
        _ script: String, coordinator: Int = 0, worker: Int = 0, environment: String = ""
    ) throws -> String {
        try Shell.output(
            of: """
                sleep() { echo "sleep $*"; }
                scontrol() { [[ $1 != --oneliner ]] && echo "scontrol $*" || echo "NodeName=$4 NodeAddr=10.0.0.$4 NodeHostName=x"; }
                squeue() { for state in "${queue[@]}"; do echo "$state"; done; queue=(); }
                srun() {
                    echo "srun $(printf '<%s>' "$@")"
                    [[ $* == *" worker "* ]] && return \(worker)
                    [[ \(worker) == 0 ]] || for ((tries = 0; tries < ${tries_at_most-100}; tries++)); do
                        [[ ! -e $told ]] || { rm "$told"; return 140; }
                        command sleep 0.1
                    done
                    return \(coordinator)
                }
                # No signal: this process's may be blocked.
                kill() { [[ $1 == -USR2 ]] && touch "$told"; }
                told=$(mktemp -u)
                SLURM_JOB_ID=12345 SLURMD_NODENAME=7 SLURM_CPUS_PER_TASK=8 SLURM_ARRAY_JOB_ID=88 SLURM_ARRAY_TASK_ID=3 COORDINATOR=12345
                \(environment)
                eval "$(sed "s|^\\[\\[ -e .keys.*||" <<<"$1")" 2>&1
                echo "ended with $?"
                """, arguments: ["bash", script])
    }

    @Test func oneJobRunsTheCoordinatorAndAWorkerOnEachNode() throws {
        let script = Self.request("--preset", "face 64").oneJob
        let shown = try Self.run(script.replacing("exit $status", with: "echo ended with $status"))
        #expect(
            shown.contains(
                "srun <--overlap><--nodes=1><--ntasks=1><--nodelist=7><--cpus-per-task=8></opt/my tools/tributary><coordinator>"
                    + "<--listen><tcp://0.0.0.0:24690><--keys><it's/keys><--resume><--out><runs/faces><--preset><face 64>"
            ), "\(shown)")
        #expect(
            shown.contains(
                "<--no-kill><--kill-on-bad-exit=0><--wait=0></opt/my tools/tributary><worker><--connect><tcp://10.0.0.7:24690>"
                    + "<--keys><it's/keys/workers/local><--threads><8><--wait><1h>"), "\(shown)")
        #expect(shown.contains("ended with 0") && !shown.contains("scontrol requeue"))
    }

    @Test(arguments: [(138, "scontrol requeue 12345"), (143, "sleep 300"), (1, "ended with 1")])
    func whatBecomesOfTheJobDependsOnTheCoordinatorsEnd(_ status: Int, _ action: String) throws {
        for script in [Self.request().oneJob, Self.part("COORDINATOR", of: Self.request().elastic)] {
            let shown = try Self.run(
                script.replacing("exit $status", with: "echo ended with $status"), coordinator: status)
            #expect(shown.contains(action) && shown.contains("ended with \(status)"), "\(shown)")
            #expect(shown.contains("scontrol requeue") == (status == 138))
        }
    }

    /// The coordinator would look out for others for an hour.
    @Test(arguments: [(1, true), (137, true), (0, false), (138, false), (143, false)])
    func whereAllWorkersHaveFailedTheCoordinatorIsTold(_ status: Int, _ isTold: Bool) throws {
        let script = Self.request().oneJob.replacing("exit $status", with: "echo ended with $status")
        guard isTold else {
            let shown = try Self.run(script, worker: status, environment: "tries_at_most=5")
            return #expect(!shown.contains("All workers have ended"))
        }
        let shown = try Self.run(script, worker: status)
        #expect(shown.contains("All workers have ended") && shown.contains("ended with 140"), "\(shown)")
    }

    @Test(arguments: [(0, "ended with 0"), (77, "ended with 77"), (138, "scontrol requeue 88_3"), (143, "sleep 300")])
    func anElasticWorkerEndsComesBackOrWaits(_ status: Int, _ action: String) throws {
        let script = Self.part("WORKERS", of: Self.request().elastic).replacing(
            "exit $status", with: "echo ended with $status; queue=()")
        let shown = try Self.run(script, worker: status, environment: #"queue=("R 9")"#)
        #expect(shown.contains("<--connect><tcp://10.0.0.9:24690>") && shown.contains("<--wait><60s>"), "\(shown)")
        #expect(shown.contains(action), "\(shown)")
    }

    @Test func anElasticWorkerEndsWithTheCoordinatorsJob() throws {
        let script = Self.part("WORKERS", of: Self.request().elastic)
        let shown = try Self.run(script, environment: "queue=()")
        #expect(shown == "The coordinator's job 12345 has ended.\nended with 0\n")
    }

    @Test func optionsOfSbatchAreLinesForIt() {
        var request = Self.request()
        request.partition = "long,main"
        request.options = ["account=vision", "comment=it is \"mine\"", "exclusive"]
        let lines = request.oneJob.split(separator: "\n").filter { $0.hasPrefix("#SBATCH") }
        for line in [
            "job-name=faces", "partition=long,main", "account=vision", #"comment="it is \"mine\"""#, "exclusive",
            "nodes=4",
            "cpus-per-task=8", "requeue", "signal=USR1@60", "open-mode=append", "no-kill",
        ] { #expect(lines.contains("#SBATCH --\(line)"), "\(line)") }
        #expect(!lines.contains { $0.contains("--time") })
        request.workerPartition = "spare"
        let elastic = request.elastic.split(separator: "\n")
        #expect(elastic.filter { $0 == "#SBATCH --partition=spare" }.count == 1)
        #expect(elastic.filter { $0 == "#SBATCH --partition=long,main" }.count == 1)
    }

    @Test(arguments: [
        ("runs/faces", "faces"), ("/a/my faces/", "my-faces"), ("..", "tributary"), ("é\n", "--"), ("/", "tributary"),
    ])
    func theJobIsCalledAsTheRunsDirectory(_ directory: String, _ name: String) {
        #expect(Self.request(directory: directory).name == name)
    }

    @Test func whatCannotBeALineForSbatchIsNone() {
        for time in ["90", "4:00:00", "1:30", "2-12", "2-12:30", "2-12:30:15"] { #expect(SlurmRequest.isTime(time)) }
        for time in ["", "4h", "1:2:3:4", "-1", "1\n", "2-"] { #expect(!SlurmRequest.isTime(time)) }
        for option in ["account=vision", "exclusive", "--mem=4G", "comment=a b"] {
            #expect(SlurmRequest.isOption(option))
        }
        for option in ["", "a=", "a=b\n#SBATCH", "A=b", "a b", "=b"] { #expect(!SlurmRequest.isOption(option)) }
        for name in ["main", "a,b"] { #expect(SlurmRequest.isPartition(name)) }
        for name in ["", "a b", "a\n", "$x"] { #expect(!SlurmRequest.isPartition(name)) }
    }

    /// One of the two jobs that the script for bash submits.
    private static func part(_ name: String, of script: String) -> String {
        let begin = script.range(of: "<<'\(name)'\n")?.upperBound ?? script.endIndex
        let end = script.range(of: "\n\(name)\n", range: begin..<script.endIndex)?.lowerBound ?? begin
        return String(script[begin..<end])
    }
}
