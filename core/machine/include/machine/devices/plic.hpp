// The platform-level interrupt controller: which of the devices' wires interrupt the hart, in M-mode and in S-mode.
// The rule: a wire is told when a device drives it (set_line); everything else is a function of this value, so that a
// copy is a checkpoint. Not here: what the hart does with MEIP and SEIP (arch/riscv64).
//
// Source: RISC-V Platform-Level Interrupt Controller Specification 1.0.0, "Interrupt Gateways", "Interrupt Priorities",
// "Interrupt Claim Process", "Interrupt Completion"; sizes as QEMU 7.2.22's `virt` has them.
//
// The specification decides. PlicRules::Qemu is what QEMU does instead (tests/devices), for comparison with it:
// - A wire that is still high at completion asks again only when its device drives it again; by the specification at
//   once.
// - A wire that is driven high while its source is claimed shows as pending already; by the specification after
//   completion.
// - Claiming sees only sources above the threshold; by the specification the threshold has no say in it.
// - Completing a source that the context has not enabled ends its claim; by the specification it is ignored.
// - A write of an enable register has its effect on the hart only with the next other thing that happens here.
// In both: bit 0 of the enable registers reads 0, for there is no source 0; QEMU keeps what was written.
//
// Measured: every register takes 4 bytes, aligned, and all else is an access fault; what is no register reads 0. The
// device tree announces 96 sources, of which the last has a priority register and no enable bit.
#pragma once
#include <array>

#include "base/digest.hpp"
#include "base/types.hpp"

namespace ring::machine {

enum class PlicRules : u8 { Specification, Qemu };

// Read only, for views. Bit n of `enabled`: by context n.
struct PlicSource {
    u32 priority = 0;      // 0: never interrupts
    bool line = false;     // the wire as its device holds it
    bool pending = false;  // forwarded and not yet claimed
    bool claimed = false;  // claimed and not yet completed: the gateway is closed
    u8 enabled = 0;
};

class Plic {
  public:
    static constexpr unsigned sources = 96;  // numbers 1 to 95 exist; 0 means "none"
    static constexpr unsigned announced = 96;
    static constexpr unsigned contexts = 2;  // of hart 0
    static constexpr unsigned context_m = 0, context_s = 1;
    static constexpr u32 most_priority = 7;
    // Offsets from the start of the device.
    static constexpr u64 priority_at = 0, pending_at = 0x1000, enable_at = 0x2000, enable_stride = 0x80,
                         context_at = 0x20'0000, context_stride = 0x1000, threshold_at = 0, claim_at = 4,
                         end = 0x60'0000;

    static constexpr bool there(u64 offset, unsigned size) { return offset < end && size == 4 && offset % 4 == 0; }
    // Reading a claim register claims.
    u32 read(u64 offset);
    void write(u64 offset, u32 value);

    // A device drives its wire, with the same level or another. `source`: 1 to 95.
    void set_line(unsigned source, bool level);
    // MEIP for context_m, SEIP for context_s.
    bool interrupts(unsigned context) const {
        return rules_ == PlicRules::Qemu ? driven_[context] : best(context, threshold_[context]) != 0;
    }

    PlicSource source(unsigned number) const;
    u32 threshold(unsigned context) const { return threshold_[context]; }
    // What a claim would give now; 0: nothing.
    unsigned claimable(unsigned context) const {
        return best(context, rules_ == PlicRules::Qemu ? threshold_[context] : 0);
    }

    void use_rules(PlicRules rules) {
        rules_ = rules;
        drive();
    }
    PlicRules rules() const { return rules_; }

    bool operator==(const Plic&) const = default;
    void add_to(Digest&) const;

  private:
    static constexpr unsigned words = sources / 32;
    using Bits = std::array<u32, words>;
    static bool test(const Bits& bits, unsigned source) { return (bits[source / 32] >> source % 32 & 1) != 0; }
    static void put(Bits& bits, unsigned source, bool value) {
        const u32 bit = u32{1} << source % 32;
        bits[source / 32] = value ? bits[source / 32] | bit : bits[source / 32] & ~bit;
    }
    unsigned best(unsigned context, u32 above) const;
    void drive();
    u32 claim(unsigned context);
    void complete(unsigned context, u32 source);

    std::array<u32, announced + 1> priority_{};
    Bits lines_{}, pending_{}, claimed_{};
    std::array<Bits, contexts> enable_{};
    std::array<u32, contexts> threshold_{};
    std::array<bool, contexts> driven_{};  // QEMU's output wires
    PlicRules rules_ = PlicRules::Specification;
};
}  // namespace ring::machine
