package import Documents
import Foundation

/// Everything that says what becomes of notifications, compiled.
package struct Definitions: Sendable {
    /// In the order in which they are applied: files in their order, the entries of each from the last to the first.
    let meters: [MeterDefinition]
    /// In the order of the file; the last one that matches counts.
    let events: [EventDefinition]
    package let pipelines: Pipelines
    package let resources: ResourceCatalogue
    /// What is accepted and yet worth telling the operator, one sentence each.
    package let remarks: [String]

    /// The texts of the files, each with its name for problems.
    package struct Sources: Sendable {
        package let meters: [Source]
        package let events: Source
        package let pipeline: Source
        package let eventPipeline: Source
        package let resources: Source

        package init(meters: [Source], events: Source, pipeline: Source, eventPipeline: Source, resources: Source) {
            self.meters = meters
            self.events = events
            self.pipeline = pipeline
            self.eventPipeline = eventPipeline
            self.resources = resources
        }
    }

    /// The text of one file.
    package struct Source: Sendable {
        package let name: String
        package let text: String

        package init(name: String, text: String) {
            self.name = name
            self.text = text
        }
    }

    /// Compiles definitions; the problems of all the texts are thrown together.
    package init(_ sources: Sources) throws(DocumentError) {
        let problems = ProblemList()
        var remarks: [String] = []
        var meters: [MeterDefinition] = []
        for source in sources.meters {
            let root = try Document.parse(source.text, named: source.name, into: problems)
            Self.append(Self.meters(root), to: &meters, &remarks)
        }
        let events = try Document.parse(sources.events.text, named: sources.events.name, into: problems)
        self.events = events.kind == .null ? [] : (events.list() ?? []).compactMap(EventDefinition.init)
        let pipeline = try Document.parse(sources.pipeline.text, named: sources.pipeline.name, into: problems)
        let eventPipeline = try Document.parse(
            sources.eventPipeline.text, named: sources.eventPipeline.name, into: problems)
        let samplesFile = PipelineFile(pipeline, key: "meters")
        let eventsFile = PipelineFile(eventPipeline, key: "events")
        let resources = try Document.parse(sources.resources.text, named: sources.resources.name, into: problems)
        let catalogue = ResourceCatalogue(resources)
        try problems.check()
        guard let samplesFile, let eventsFile, let catalogue else {
            preconditionFailure("a file that can't be read has a problem")
        }
        self.meters = meters
        self.pipelines = Pipelines(
            samples: samplesFile.stored, events: eventsFile.stored,
            unsupported: samplesFile.unsupported + eventsFile.unsupported)
        self.resources = catalogue
        self.remarks = remarks + self.pipelines.unsupported.map { "The publisher \($0.text) is not supported." }
    }

    private static func meters(_ root: DocumentValue) -> [MeterDefinition] {
        guard let mapping = root.mapping() else { return [] }
        _ = mapping.all()
        return (mapping.required("metric")?.list() ?? []).reversed().compactMap(MeterDefinition.init)
    }

    /// Adds the meters of a file; of two with the same name the one that was read first stays.
    private static func append(
        _ added: [MeterDefinition], to meters: inout [MeterDefinition], _ remarks: inout [String]
    ) {
        for meter in added {
            if meters.contains(where: { $0.literals.name == meter.literals.name }) {
                remarks.append("The meter \(meter.label) is defined more than once; the other definition is used.")
            } else {
                meters.append(meter)
            }
        }
    }
}

extension Definitions.Sources {
    /// Reads the files of a folder by their usual names: `meters.yaml` and after it the files of `meters.d` in the order of
    /// their names, of which one has to be there; `event_definitions.yaml`, `pipeline.yaml`, `event_pipeline.yaml` and
    /// `gnocchi_resources.yaml`.
    ///
    /// Ceilometer's own meters are in `meters.d/meters.yaml`, and older sites have one `meters.yaml`.
    package init(folder: String) throws(DocumentError) {
        self.init(
            meters: try Self.meterFiles(in: folder).map { path throws(DocumentError) in try Self.source(path) },
            events: try Self.source(folder + "/event_definitions.yaml"),
            pipeline: try Self.source(folder + "/pipeline.yaml"),
            eventPipeline: try Self.source(folder + "/event_pipeline.yaml"),
            resources: try Self.source(folder + "/gnocchi_resources.yaml"))
    }

    private static func meterFiles(in folder: String) throws(DocumentError) -> [String] {
        let (single, directory) = (folder + "/meters.yaml", folder + "/meters.d")
        var paths = FileManager.default.fileExists(atPath: single) ? [single] : []
        if FileManager.default.fileExists(atPath: directory) {
            do {
                let names = try FileManager.default.contentsOfDirectory(atPath: directory)
                paths += names.filter { $0.hasSuffix(".yaml") && !$0.hasPrefix(".") }.sorted().map { directory + "/" + $0 }
            } catch {
                throw DocumentError(problems: [
                    Problem(source: directory, position: nil, path: "", message: "the folder can't be read")
                ])
            }
        }
        guard !paths.isEmpty else {
            throw DocumentError(problems: [
                Problem(
                    source: single, position: nil, path: "",
                    message: "neither this file nor one in \(directory) is there")
            ])
        }
        return paths
    }

    private static func source(_ path: String) throws(DocumentError) -> Definitions.Source {
        Definitions.Source(name: path, text: try Document.text(ofFile: path))
    }
}
