package import Documents

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
    /// Reads the files of a folder by their usual names: `meters.yaml` with the files of `meters.d` after it,
    /// `event_definitions.yaml`, `pipeline.yaml`, `event_pipeline.yaml` and `gnocchi_resources.yaml`.
    package init(folder: String) throws(DocumentError) {
        self.init(
            meters: [try Self.source("meters.yaml", in: folder)],
            events: try Self.source("event_definitions.yaml", in: folder),
            pipeline: try Self.source("pipeline.yaml", in: folder),
            eventPipeline: try Self.source("event_pipeline.yaml", in: folder),
            resources: try Self.source("gnocchi_resources.yaml", in: folder))
    }

    private static func source(_ name: String, in folder: String) throws(DocumentError) -> Definitions.Source {
        let path = folder + "/" + name
        return Definitions.Source(name: path, text: try Document.text(ofFile: path))
    }
}
