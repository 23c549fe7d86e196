/// Why a definition gave nothing for a notification that it matches; the label goes into the count.
package enum ConversionFault: Error, Hashable, Sendable {
    /// A path met a value that it can't be followed into.
    case path(PathError)
    /// A plugin that gives one value for many stands in a definition with `lookup`.
    case pluginInLookup
    /// The attributes named in `lookup` have different numbers of values.
    case lookupUneven
    /// `user_metadata` is no object.
    case userMetadataNotObject
    case timestampInvalid
    /// The meter's kind is none of gauge, delta and cumulative.
    case kindUnknown
    case nameMissing
    case volumeMissing
    case volumeNotNumber
    case resourceMissing
    /// A trait's value can't be read as the trait's type.
    case traitNotConvertible
    /// A batch of polled samples without its list, or a sample without a required member.
    case batchMalformed
    /// The signature of a polled sample is missing or wrong.
    case signatureInvalid
    /// A machine's sensors are no objects, or one lacks its id or a reading of a number and a unit.
    case sensorMalformed
    /// The notification of an HTTP request or response lacks the request.
    case requestMalformed

    package var label: String {
        switch self {
        case .path(let error): "path_" + error.rawValue
        case .pluginInLookup: "plugin_in_lookup"
        case .lookupUneven: "lookup_uneven"
        case .userMetadataNotObject: "user_metadata_not_object"
        case .timestampInvalid: "timestamp_invalid"
        case .kindUnknown: "kind_unknown"
        case .nameMissing: "name_missing"
        case .volumeMissing: "volume_missing"
        case .volumeNotNumber: "volume_not_number"
        case .resourceMissing: "resource_missing"
        case .traitNotConvertible: "trait_not_convertible"
        case .batchMalformed: "batch_malformed"
        case .signatureInvalid: "signature_invalid"
        case .sensorMalformed: "sensor_malformed"
        case .requestMalformed: "request_malformed"
        }
    }
}
