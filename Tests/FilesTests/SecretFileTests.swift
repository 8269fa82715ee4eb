import Foundation
import Testing

@testable import Files

@Suite struct SecretFileTests {
    @Test func onlyTheOwnerOrRootsGroupReachesASecret() {
        func isKept(_ permissions: mode_t, owner: uid_t, group: gid_t = 4_711) -> Bool {
            SecretFile.isKept(permissions: permissions, owner: owner, group: group, from: [0, 4_711, 100])
        }
        #expect(isKept(0o600, owner: 1_000) && isKept(0o400, owner: 0) && isKept(0o700, owner: 1_000))
        #expect(isKept(0o440, owner: 0) && isKept(0o640, owner: 0) && isKept(0o440, owner: 0, group: 100))
        // Of a user, or of a group that is not the reader's.
        #expect(
            !isKept(0o440, owner: 1_000) && !isKept(0o440, owner: 0, group: 0) && !isKept(0o440, owner: 0, group: 5))
        // Written or run by the group, or reached by all.
        for permissions in [0o460, 0o420, 0o450, 0o444, 0o404, 0o402, 0o441] as [mode_t] {
            #expect(!isKept(permissions, owner: 0), "\(String(permissions, radix: 8))")
        }
    }

    /// As Kubernetes' `fsGroup` leaves the files of a secret to a pod that is not root.
    @Test(.enabled(if: geteuid() == 0, "only root can give a file to a group that it is not in"))
    func whatRootLeavesToAGroupIsReadByItsMembersOnly() async {
        await #expect(processExitsWith: .success) {
            let folder = "/tmp/tributary-test-\(String(UInt64.random(in: 0 ... .max), radix: 36))"
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o755])
            defer { try? FileManager.default.removeItem(atPath: folder) }
            for (name, group) in [("own", 4_711), ("other", 4_712)] {
                let attributes: [FileAttributeKey: Any] = [.posixPermissions: 0o440, .groupOwnerAccountID: group]
                _ = FileManager.default.createFile(atPath: folder + "/" + name, contents: Data([7]))
                try FileManager.default.setAttributes(attributes, ofItemAtPath: folder + "/" + name)
            }
            // Root may read either, and is in no such group.
            #expect(throws: SecretFileExposed.self) { try SecretFile(folder + "/own").read() }
            try #require(setgroups(1, [4_711]) == 0 && seteuid(65_534) == 0)
            #expect(try SecretFile(folder + "/own").read() == [7])
            #expect(throws: FileError.self) { try SecretFile(folder + "/other").read() }
            try #require(seteuid(0) == 0)
        }
    }
}
