package import Compression
import Foundation
import JSON
import Telemetry

/// Converts a recorded trace into samples and events in Ceilometer's form, for operators who try their definitions.
///
/// Lines come out in the order of the trace. Samples that Ceilometer would drop for want of a numeric volume are left out,
/// and so are those whose volume is a number that is not finite.
package struct TraceConverter {
    /// Ceilometer does not listen to the topics of Nova's versioned notifications, because its definitions are written for the
    /// others; their records are passed over.
    package static let skippedTopicPrefix = "versioned_notifications"

    private let converter: Converter

    package init(_ converter: Converter) {
        self.converter = converter
    }

    /// What came of a trace.
    package struct Report: Sendable {
        package var recordCount = 0
        package var skippedCount = 0
        package var sampleCount = 0
        package var eventCount = 0
        /// Records that are no notifications, and lines that are no records: number of the line and reason.
        package var refusals: [(line: Int, reason: String)] = []
        /// What ended a compressed trace before its time; the lines before it have been converted.
        package var damage: GzipError?
        /// How often a sample or trait could not be made, by what it is and why.
        package var rejections: [Rejection: Int] = [:]
    }

    /// Converts a file; the outputs are replaced where they exist.
    package func convert(trace: String, samples: String, events: String) throws -> Report {
        // Before the outputs, so that a wrong name doesn't empty them.
        let reader = try TraceReader(path: trace)
        let samples = try LineFile(path: samples)
        let events = try LineFile(path: events)
        var report = Report()
        do {
            try reader.forEachLine { number, line in
                do {
                    try convert(TraceRecord(line: line), samples, events, &report)
                } catch let error as TraceLineError {
                    report.refusals.append((number, error.description))
                } catch let error as EnvelopeError {
                    report.refusals.append((number, error.description))
                }
            }
        } catch let error as GzipError {
            report.damage = error
        }
        try samples.finish()
        try events.finish()
        return report
    }

    private func convert(
        _ record: TraceRecord, _ samples: LineFile, _ events: LineFile, _ report: inout Report
    ) throws {
        report.recordCount += 1
        guard !record.topic.startsExactly(with: Self.skippedTopicPrefix) else {
            report.skippedCount += 1
            return
        }
        let conversion = try record.value.withUnsafeBytes { bytes throws(EnvelopeError) in try converter.convert(bytes)
        }
        for (index, draft) in conversion.drafts.enumerated() where draft.hasVolume {
            try samples.write(CeilometerLine.object(for: draft, of: conversion.notification, index: index))
            report.sampleCount += 1
        }
        if let event = conversion.event {
            try events.write(CeilometerLine.object(for: event))
            report.eventCount += 1
        }
        for rejection in conversion.rejections {
            report.rejections[rejection, default: 0] += 1
        }
    }
}

extension SampleDraft {
    /// Whether the sample is written: its volume is a number or reads as one, as Ceilometer asks. A number that is not finite has no
    /// form in JSON (decision 0031); a text such as `nan` has.
    var hasVolume: Bool {
        if case .double(let number) = volume { return number.isFinite }
        guard case .value = PythonNumber.float(.value(volume)) else { return false }
        return true
    }
}
