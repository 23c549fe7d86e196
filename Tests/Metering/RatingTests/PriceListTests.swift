import Documents
import Foundation
import Pricing
import Telemetry
import Testing
import Usage

@testable import Rating

@Suite struct PriceListTests {
    @Test("the price list that comes with the product is readable and prices every meter of the catalogue")
    func ownFile() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "../../../pipelines/rating.yaml")
        let list = try PriceList.read(file: root.standardized.path)
        for meter in UsageMeter.catalogue {
            #expect(list.rule(for: MeterName(meter.name), in: meter.unit) != nil, "\(meter.name)")
        }
        #expect(list.rule(for: "instance:m1.small", in: .hour)?.price == .zero)
        #expect(list.rule(for: "network.outgoing.bytes", in: .byte)?.unit == .gibibyte)
    }

    @Test("prices are taken digit by digit as they are written")
    func digits() throws {
        let list = try PriceList.read(
            """
            currency: CHF
            prices:
              - { meter: vcpu, unit: vCPU-h, price: 0.1, states: { stopped: 0.333 } }
              - { meter: "instance:*", unit: h, price: "12345678.000000001", includes: [vcpu, "disk.*"] }
            """, source: "prices")
        #expect(list.currency.code == "CHF" && list.amountDigits == 6)
        #expect(list.rules.map(\.price.text) == ["0.1", "12345678.000000001"])
        #expect(try list.rules[0].unitPrice(in: "stopped").text == "0.0333")
        #expect(list.rules[1].includes.map(\.text) == ["vcpu", "disk.*"])
    }

    @Test(
        "a doubtful price list is refused with the place and the reason",
        arguments: [
            ("currency: euro\nprices: []", "prices:1:11: currency: expected an ISO 4217 code such as EUR"),
            ("prices: []", "currency"),
            ("currency: EUR", "prices"),
            ("currency: EUR\nprices: [{meter: vcpu, unit: h, price: 1}]", "vcpu is counted in vCPU-h"),
            ("currency: EUR\nprices: [{meter: vcpu, unit: vCPU-h, price: 1e-3}]", "expected a decimal"),
            ("currency: EUR\nprices: [{meter: vcpu, unit: vCPU-h, price: -1}]", "expected a decimal"),
            ("currency: EUR\nprices: [{meter: vcpu, unit: vCPU-h, price: 0.0000000001}]", "at most 9 digits"),
            ("currency: EUR\nprices: [{meter: vcpu, unit: vCPU-h, price: 1, states: {stopped: 0.1234}}]", "at most 3"),
            ("currency: EUR\nprices: [{meter: vcpu, unit: vCPU-h, price: 1, discount: 5}]", "discount"),
            ("currency: EUR\nprices: [{meter: '*cpu*', unit: vCPU-h, price: 1}]", "expected a meter"),
            ("currency: EUR\namount_digits: 13\nprices: []", "amount_digits"),
        ])
    func refused(text: String, reason: String) {
        do throws(DocumentError) {
            _ = try PriceList.read(text, source: "prices")
            Issue.record("accepted: \(text)")
        } catch {
            #expect(error.description.contains(reason), "\(error)")
        }
    }
}
