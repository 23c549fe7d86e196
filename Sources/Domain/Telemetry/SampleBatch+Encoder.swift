/// Writes one batch.
///
/// The body is written first while the texts and templates are numbered; `sealed` puts them before it.
struct BatchEncoder {
    private var texts = TextEncoder()
    private var templates: [[Int]: Int] = [:]
    private var templateOrder: [[Int]] = []
    private var head = WireWriter()
    private var resources = WireWriter()

    /// Writes the one batch of this encoder.
    mutating func append(_ batch: SampleBatch) {
        head.number(texts.reference(to: batch.host.text))
        head.number(batch.epoch)
        head.number(batch.sequence)
        head.signed(batch.polledAt.nanoseconds)
        head.signed(batch.interval.nanoseconds)
        head.number(batch.meters.count)
        for meter in batch.meters {
            head.number(texts.reference(to: meter.name.text))
            head.byte(meter.kind.wireCode)
            head.number(texts.reference(to: meter.unit))
        }
        resources.number(batch.resources.count)
        var lastOffset: Int64 = 0
        for resource in batch.resources {
            append(resource, meterCount: batch.meters.count, lastOffset: &lastOffset)
        }
    }

    /// The bytes of the batch with the checksum at their end.
    consuming func sealed() -> [UInt8] {
        var wire = WireWriter()
        wire.byte(SampleBatch.wireVersion)
        texts.write(to: &wire)
        wire.append(head)
        wire.number(templateOrder.count)
        for template in templateOrder {
            wire.number(template.count)
            var last = -1
            for meter in template {
                wire.signed(Int64(meter - last))
                last = meter
            }
        }
        wire.append(resources)
        let checksum = wire.bytes.withUnsafeBytes(CRC32C.checksum)
        withUnsafeBytes(of: checksum.littleEndian) { wire.bytes.append(contentsOf: $0) }
        return wire.bytes
    }

    private mutating func append(_ resource: BatchResource, meterCount: Int, lastOffset: inout Int64) {
        let readings = resource.readings
        precondition(
            readings.allSatisfy { (0..<meterCount).contains($0.meter) }, "a reading names no meter of the batch")
        let sharesOffset = readings.dropFirst().allSatisfy { $0.offset == readings[0].offset }
        resources.byte(ResourceFlags(resource, sharesOffset: sharesOffset).rawValue)
        resources.number(texts.reference(to: resource.id.text))
        resources.number(texts.reference(to: resource.type.text))
        if let project = resource.projectID { resources.number(texts.reference(to: project.text)) }
        if let user = resource.userID { resources.number(texts.reference(to: user.text)) }
        if let attributes = resource.attributes {
            resources.number(attributes.count)
            for attribute in attributes {
                resources.number(texts.reference(to: attribute.key))
                resources.number(texts.reference(to: attribute.value))
            }
        }
        resources.number(template(of: readings.map(\.meter)))
        for reading in sharesOffset ? readings.prefix(1) : readings[...] {
            resources.signed(reading.offset &- lastOffset)
            lastOffset = reading.offset
        }
        for reading in readings { resources.value(reading.value) }
    }

    private mutating func template(of meters: [Int]) -> Int {
        if let index = templates[meters] { return index }
        templates[meters] = templateOrder.count
        templateOrder.append(meters)
        return templateOrder.count - 1
    }
}

/// What follows in the record of a resource.
struct ResourceFlags: OptionSet {
    let rawValue: UInt8
    static let project = Self(rawValue: 1)
    static let user = Self(rawValue: 2)
    static let attributes = Self(rawValue: 4)
    /// One offset stands for all readings.
    static let sharedOffset = Self(rawValue: 8)
    static let all: Self = [.project, .user, .attributes, .sharedOffset]
}

extension ResourceFlags {
    init(_ resource: BatchResource, sharesOffset: Bool) {
        self = []
        if resource.projectID != nil { insert(.project) }
        if resource.userID != nil { insert(.user) }
        if resource.attributes != nil { insert(.attributes) }
        if sharesOffset { insert(.sharedOffset) }
    }
}

extension MeterKind {
    /// The byte that stands for the kind on the wire.
    var wireCode: UInt8 {
        switch self {
        case .gauge: 0
        case .delta: 1
        case .cumulative: 2
        }
    }

    init?(wireCode: UInt8) {
        switch wireCode {
        case 0: self = .gauge
        case 1: self = .delta
        case 2: self = .cumulative
        default: return nil
        }
    }
}
