/// Reads one batch whose checksum has been checked; a checksum is no proof against a wrong or hostile writer.
struct BatchDecoder {
    private var wire: WireReader
    private var texts: [String] = []

    /// Takes the bytes after the version and before the checksum.
    init(_ bytes: UnsafeRawBufferPointer) {
        wire = WireReader(bytes)
    }

    var isAtEnd: Bool { wire.isAtEnd }

    mutating func batch() throws(WireError) -> SampleBatch {
        try readTexts()
        let host = HostName(try text())
        let epoch = try wire.number()
        let sequence = try wire.number()
        let polledAt = Instant(nanoseconds: try wire.signed())
        let interval = try wire.signed()
        guard interval >= 0 else { throw .invalid(.interval) }
        let meters = try readMeters()
        let templates = try readTemplates(meterCount: meters.count)
        // A record of a resource takes at least four bytes: flags, id, type and template.
        let count = try wire.count(.resource, minimumSize: 4)
        var resources: [BatchResource] = []
        resources.reserveCapacity(count)
        var lastOffset: Int64 = 0
        for _ in 0..<count {
            resources.append(try resource(templates: templates, polledAt: polledAt, lastOffset: &lastOffset))
        }
        return SampleBatch(
            host: host, epoch: epoch, sequence: sequence, polledAt: polledAt, interval: .nanoseconds(interval),
            meters: meters, resources: resources)
    }

    private mutating func readMeters() throws(WireError) -> [BatchMeter] {
        let count = try wire.count(.meter, minimumSize: 3)
        var meters: [BatchMeter] = []
        meters.reserveCapacity(count)
        for _ in 0..<count {
            let name = MeterName(try text())
            guard let kind = MeterKind(wireCode: try wire.byte()) else { throw .invalid(.meterKind) }
            meters.append(BatchMeter(name: name, kind: kind, unit: try text()))
        }
        return meters
    }

    private mutating func readTemplates(meterCount: Int) throws(WireError) -> [[Int]] {
        let count = try wire.count(.template, minimumSize: 1)
        var templates: [[Int]] = []
        templates.reserveCapacity(count)
        for _ in 0..<count {
            let size = try wire.count(.template, minimumSize: 1)
            var template: [Int] = []
            template.reserveCapacity(size)
            var last = -1
            for _ in 0..<size {
                let (meter, overflow) = last.addingReportingOverflow(Int(try wire.signed()))
                guard !overflow, (0..<meterCount).contains(meter) else { throw .invalid(.template) }
                template.append(meter)
                last = meter
            }
            templates.append(template)
        }
        return templates
    }

    private mutating func resource(
        templates: [[Int]], polledAt: Instant, lastOffset: inout Int64
    ) throws(WireError) -> BatchResource {
        let flags = ResourceFlags(rawValue: try wire.byte())
        guard flags.isSubset(of: .all) else { throw .invalid(.resource) }
        let id = ResourceID(try text())
        let type = ResourceType(try text())
        let project = flags.contains(.project) ? ProjectID(try text()) : nil
        let user = flags.contains(.user) ? UserID(try text()) : nil
        let attributes = flags.contains(.attributes) ? try readAttributes() : nil
        let index = try wire.number()
        guard index < UInt64(templates.count) else { throw .invalid(.template) }
        let template = templates[Int(index)]
        guard template.count <= wire.remaining else { throw .truncated }
        let offsets = try readOffsets(
            flags.contains(.sharedOffset) ? min(1, template.count) : template.count, polledAt: polledAt,
            last: &lastOffset)
        var readings: [BatchReading] = []
        readings.reserveCapacity(template.count)
        for (position, meter) in template.enumerated() {
            let offset = flags.contains(.sharedOffset) ? offsets[0] : offsets[position]
            readings.append(BatchReading(meter: meter, value: try wire.value(), offset: offset))
        }
        return BatchResource(
            id: id, type: type, projectID: project, userID: user, attributes: attributes, readings: readings)
    }

    private mutating func readAttributes() throws(WireError) -> [BatchAttribute] {
        let count = try wire.count(.attribute, minimumSize: 2)
        var attributes: [BatchAttribute] = []
        attributes.reserveCapacity(count)
        for _ in 0..<count {
            let key = try text()
            attributes.append(BatchAttribute(key, try text()))
        }
        return attributes
    }

    private mutating func readOffsets(
        _ count: Int, polledAt: Instant, last: inout Int64
    ) throws(WireError) -> [Int64] {
        var offsets: [Int64] = []
        offsets.reserveCapacity(count)
        for _ in 0..<count {
            let (offset, overflow) = last.addingReportingOverflow(try wire.signed())
            // So that no reader can overflow when it computes a timestamp.
            guard !overflow, !polledAt.nanoseconds.addingReportingOverflow(offset).overflow else {
                throw .invalid(.reading)
            }
            offsets.append(offset)
            last = offset
        }
        return offsets
    }
}

// MARK: - Texts

extension BatchDecoder {
    private mutating func readTexts() throws(WireError) {
        let count = try wire.count(.text, minimumSize: 2)
        texts.reserveCapacity(count)
        var total = 0
        for _ in 0..<count {
            let text = try readText()
            guard text.utf8.count <= SampleBatch.textSizeLimit else { throw .limitExceeded(.text) }
            total += text.utf8.count
            guard total <= SampleBatch.textTotalLimit else { throw .limitExceeded(.text) }
            texts.append(text)
        }
    }

    private mutating func readText() throws(WireError) -> String {
        switch TextForm(rawValue: try wire.byte()) {
        case .plain:
            let size = try wire.number()
            guard size <= UInt64(SampleBatch.textSizeLimit) else { throw .limitExceeded(.text) }
            guard let text = String(validating: try wire.bytes(Int(size)), as: UTF8.self) else { throw .invalid(.text) }
            return text
        case .uuid: return UUIDText.text(of: try wire.bytes(16), hyphenated: true)
        case .hex: return UUIDText.text(of: try wire.bytes(16), hyphenated: false)
        case .around: return try text() + text() + text()
        case nil: throw .invalid(.text)
        }
    }

    /// The text of the dictionary that the next number names.
    private mutating func text() throws(WireError) -> String {
        let reference = try wire.number()
        guard reference < UInt64(texts.count) else { throw .invalid(.textReference) }
        return texts[Int(reference)]
    }
}
