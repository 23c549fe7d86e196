package import Telemetry

/// What one notification came to.
package struct Conversion: Sendable {
    package let notification: Notification
    /// In the order in which Ceilometer makes them: definitions from the last of a file to the first.
    package let samples: [Sample]
    package let event: Event?
    /// What should have become a sample or trait and did not.
    package let rejections: [Rejection]
    /// The samples before they were checked, those that were refused included; for output in Ceilometer's form.
    package let drafts: [SampleDraft]
}

/// A sample or trait that a notification did not give, and why.
package struct Rejection: Hashable, Sendable {
    /// The meter's or trait's name in the definitions.
    package let subject: String
    package let fault: ConversionFault

    package init(subject: String, fault: ConversionFault) {
        self.subject = subject
        self.fault = fault
    }
}
