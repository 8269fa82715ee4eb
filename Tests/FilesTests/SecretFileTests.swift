import Foundation
import Testing

@testable import Files

@Suite struct SecretFileTests {
    @Test func onlyTheOwnerOrRootsGroupReachesASecret() {
        func isKept(_ permissions: mode_t, owner: uid_t, group: gid_t = 4_711) -> Bool {
            SecretFile.isKept(
                permissions: permissions, owner: owner, group: group, from: [0, 4_711, 100], isCredential: false)
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

    /// As systemd leaves credentials to a service: root's, with an access list for the service's user, which shows as its group's part.
    @Test(.enabled(if: geteuid() == 0, "only root can make files that are another's to read"))
    func aServiceReadsItsCredentialsAndNobodyElseFilesLikeThem() async {
        await #expect(processExitsWith: .success) {
            let folder = "/tmp/tributary-test-\(String(UInt64.random(in: 0 ... .max), radix: 36))"
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o755])
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let path = folder + "/worker.key"
            _ = FileManager.default.createFile(
                atPath: path, contents: Data([7]), attributes: [.posixPermissions: 0o400])
            // acl(5): version 2, then (tag, permissions, who) for the owner, the user 65,534, the group, the mask and all others.
            let list: [UInt8] = [
                2, 0, 0, 0, 1, 0, 4, 0, 255, 255, 255, 255, 2, 0, 4, 0, 254, 255, 0, 0, 4, 0, 0, 0, 255, 255, 255, 255,
                16, 0, 4, 0, 255, 255, 255, 255, 32, 0, 0, 0, 255, 255, 255, 255,
            ]
            try #require(Self.setAttribute(path, "system.posix_acl_access", list))
            #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o440)
            try #require(seteuid(65_534) == 0)
            #expect(throws: SecretFileExposed.self) { try SecretFile(path).read() }
            setenv("CREDENTIALS_DIRECTORY", folder, 1)
            #expect(try SecretFile(path).read() == [7])
            setenv("CREDENTIALS_DIRECTORY", folder + "-other", 1)
            #expect(throws: SecretFileExposed.self) { try SecretFile(path).read() }
            try #require(seteuid(0) == 0)
        }
    }

    /// The C function is `setxattr`, whose header Swift's Glibc leaves out.
    private static func setAttribute(_ path: String, _ name: String, _ value: [UInt8]) -> Bool {
        typealias Function =
            @convention(c) (UnsafePointer<CChar>, UnsafePointer<CChar>, UnsafeRawPointer, Int, Int32) -> Int32
        guard let function = dlsym(nil, "setxattr") else { return false }
        return unsafeBitCast(function, to: Function.self)(path, name, value, value.count, 0) == 0
    }
}
