import Foundation
import TestKit
import Testing

struct ConfigurationTests {
    @Test("the configuration in ops is the one that the program prints")
    func printedConfiguration() throws {
        let result = try nephod(["print-config"])
        #expect(result.status == 0)
        let file = RunningDaemon.root.appendingPathComponent("ops/nephod.yaml").path
        let difference = try difference(fromFile: file, result.output)
        #expect(difference == nil, "\(difference ?? "")")
    }

    @Test("the configuration that is printed, and the files that it names, are accepted")
    func accepted() throws {
        let result = try nephod(["check-config", "--config", "ops/nephod.yaml"])
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.contains("database.url: redacted (file)"))
    }

    @Test("every problem is named with its line, and the exit code says that the configuration is wrong")
    func refused() throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).yaml")
        try Data("api:\n  listen: nowhere\nkafka:\n  bootstrop: x\n".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let result = try nephod(["check-config", "--config", file.path, "--set", "log.level=loud"])
        #expect(result.status == 2)
        for place in ["\(file.path):2", "\(file.path):4", "log.level"] {
            #expect(result.errors.contains(place), "\(result.errors)")
        }
    }

    @Test("a publisher that is not supported is named, and refuses nothing")
    func remarks() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.copyItem(at: RunningDaemon.root.appendingPathComponent("pipelines"), to: folder)
        defer { try? FileManager.default.removeItem(at: folder) }
        let pipeline = "sources: [{name: a, meters: ['*'], sinks: [s]}]\nsinks: [{name: s, publishers: ['udp://x:1']}]\n"
        try Data(pipeline.utf8).write(to: folder.appendingPathComponent("pipeline.yaml"))
        let result = try nephod(
            ["check-config", "--config", "ops/nephod.yaml", "--set", "definitions.folder=\(folder.path)"])
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.errors.contains("The publisher udp://x:1 is not supported"), "\(result.errors)")
    }

    @Test("a role that does not exist is refused with the roles that do")
    func unknownRole() throws {
        let result = try nephod(["run", "teapot"])
        #expect(result.status == 2)
        #expect(result.errors.contains("collector") && result.errors.contains("teapot"))
    }

    @Test("a recorded trace is converted into as many samples and events as Ceilometer made of it")
    func conversion() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (samples, events) = (folder.appendingPathComponent("s"), folder.appendingPathComponent("e"))
        let result = try nephod(["convert", RecordedTrace.path, "--samples", samples.path, "--events", events.path])
        #expect(result.status == 0, "\(result.errors)")
        let lines = { (file: URL) in try Data(contentsOf: file).count { $0 == UInt8(ascii: "\n") } }
        #expect(try lines(samples) == 8_151)
        #expect(try lines(events) == 8_575)
    }
}
