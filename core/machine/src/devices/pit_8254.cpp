#include "machine/devices/pit_8254.hpp"

#include <algorithm>

#include "base/result.hpp"

namespace ring::machine {
using namespace pit;

namespace {
constexpr u64 second_ns = 1'000'000'000;
__extension__ using u128 = unsigned __int128;

constexpr u16 from_bcd(u16 raw) {
    return static_cast<u16>((raw >> 12) * 1000 + (raw >> 8 & 15) * 100 + (raw >> 4 & 15) * 10 + (raw & 15));
}
constexpr u16 to_bcd(u32 value) {
    return static_cast<u16>(value / 1000 % 10 << 12 | value / 100 % 10 << 8 | value / 10 % 10 << 4 | value % 10);
}

// The ticks after `ticks` at which OUT of a running counter changes.
std::optional<u64> next_change_ticks(const PitCounter& counter, u64 ticks) {
    const u64 count = counter.count;
    const u64 period = ticks - ticks % count;
    switch (counter.kind()) {
        case 0:
        case 1:
            return ticks < count ? std::optional(count) : std::nullopt;
        case 2:
            return ticks < period + count - 1 ? period + count - 1 : period + count;
        case 3:
            return ticks < period + (count + 1) / 2 ? period + (count + 1) / 2 : period + count;
        default:
            return ticks <= count ? std::optional(ticks < count ? count : count + 1) : std::nullopt;
    }
}
}  // namespace

u64 pit::ticks_in(u64 ns) { return static_cast<u64>(static_cast<u128>(ns) * ticks_per_second / second_ns); }
u64 pit::ns_until(u64 ticks) {
    return static_cast<u64>((static_cast<u128>(ticks) * second_ns + ticks_per_second - 1) / ticks_per_second);
}

bool PitCounter::counting() const {
    if (null_count || held) return false;
    switch (kind()) {
        case 1:
        case 5:
            return triggered;
        case 2:
        case 3:
            return gate;
        default:
            return true;
    }
}

u64 PitCounter::elapsed(u64 now_ns) const {
    if (held) return held_ticks;
    return now_ns > loaded_ns ? ticks_in(now_ns - loaded_ns) : 0;
}

u16 PitCounter::value(u64 now_ns) const {
    const u64 ticks = counting() || null_count || held ? elapsed(now_ns) : 0;
    u64 left = 0;
    switch (kind()) {
        case 2:
            left = count - ticks % count;
            break;
        case 3: {
            // "Mode 3": even counts go down by two twice per period. Odd ones start from count - 1, and the high half
            // is one tick longer than the low half.
            const u64 high = (count + 1) / 2, even = count & ~u64{1};
            const u64 phase = ticks % count;
            left = even - 2 * (phase < high ? phase : phase - high);
            break;
        }
        default: {
            // After the end the counter wraps around and goes on.
            const u64 modulus = bcd ? 10'000 : 65'536;
            left = (count + modulus - ticks % modulus) % modulus;
        }
    }
    return bcd ? to_bcd(static_cast<u32>(left)) : static_cast<u16>(left);
}

bool PitCounter::output_at(u64 ticks) const {
    switch (kind()) {
        case 0:
        case 1:
            return ticks >= count;
        case 2:
            return ticks % count != count - 1;
        case 3:
            return ticks % count < (count + 1) / 2;
        default:
            return ticks != count;
    }
}

bool PitCounter::output(u64 now_ns) const {
    // "Mode Definitions": the control word sets OUT low in mode 0 and high in the others; so does a low gate in modes
    // 2 and 3, and modes 1 and 5 wait for their trigger.
    if (kind() == 0) return !null_count && output_at(elapsed(now_ns));
    if (kind() == 4 && held) return true;
    return counting() ? output_at(elapsed(now_ns)) : true;
}

void PitCounter::add_to(Digest& digest) const {
    digest.add(loaded_ns);
    digest.add(held_ticks);
    digest.add(count);
    digest.add(latched);
    for (u8 byte : {latched_bytes, mode, access, low, latched_status}) digest.add(byte);
    for (bool flag : {bcd, has_low, read_high, null_count, gate, held, triggered, status_latched}) digest.add(flag);
}

Pit8254 Pit8254::at_kernel_entry() {
    Pit8254 pit;
    pit.counters_[0].mode = 2;
    pit.counters_[0].access = 3;
    return pit;
}

void Pit8254::load(PitCounter& counter, u16 raw, u64 now_ns) {
    const u32 written = counter.bcd ? from_bcd(raw) : raw;
    counter.count = written != 0 ? written : counter.bcd ? 10'000 : 65'536;
    counter.loaded_ns = now_ns;
    counter.null_count = false;
    counter.triggered = false;
    counter.held = !counter.gate && (counter.kind() == 0 || counter.kind() == 4);
    counter.held_ticks = 0;
}

void Pit8254::set_gate(PitCounter& counter, bool level, u64 now_ns) {
    if (counter.gate == level) return;
    // "Gate Pin Operations Summary".
    const unsigned kind = counter.kind();
    if (kind == 0 || kind == 4) {
        if (!level) {
            counter.held_ticks = counter.elapsed(now_ns);
            counter.held = true;
        } else if (counter.held) {
            counter.loaded_ns = now_ns - std::min(now_ns, ns_until(counter.held_ticks));
            counter.held = false;
        }
    } else if (level) {
        counter.loaded_ns = now_ns;
        counter.triggered = true;
    }
    counter.gate = level;
}

void Pit8254::control_word(u8 value, u64 now_ns) {
    const auto latch_count = [&](PitCounter& counter) {
        // A second latch before the first was read is ignored ("Counter Latch Command").
        if (counter.latched_bytes != 0) return;
        counter.latched = counter.value(now_ns);
        counter.latched_bytes = counter.access;
    };
    const u64 selected = control::Counter.get(value);
    if (selected == 3) {
        for (unsigned i = 0; i < counters_.size(); ++i) {
            PitCounter& counter = counters_[i];
            if (!(read_back::Counters.get(value) >> i & 1)) continue;
            if (!read_back::NoCount.set(value)) latch_count(counter);
            if (read_back::NoStatus.set(value) || counter.status_latched) continue;
            u64 word = status::BCD.put(0, counter.bcd);
            word = status::Mode.put(word, counter.mode);
            word = status::Access.put(word, counter.access);
            word = status::Null.put(word, counter.null_count);
            counter.latched_status = static_cast<u8>(status::Out.put(word, counter.output(now_ns)));
            counter.status_latched = true;
        }
        return;
    }
    PitCounter& counter = counters_[selected];
    if (control::Access.get(value) == 0) return latch_count(counter);
    counter.access = static_cast<u8>(control::Access.get(value));
    counter.mode = static_cast<u8>(control::Mode.get(value));
    counter.bcd = control::BCD.set(value);
    counter.has_low = counter.read_high = false;
    counter.null_count = true;
    counter.triggered = false;
    counter.held = false;
}

u8 Pit8254::read(u16 port, u64 now_ns) {
    if (port == speaker_port) {
        refresh_ = !refresh_;
        u64 value = port_61::Gate.put(0, counters_[2].gate);
        value = port_61::Speaker.put(value, speaker_);
        value = port_61::Refresh.put(value, refresh_);
        return static_cast<u8>(port_61::Out.put(value, counters_[2].output(now_ns)));
    }
    if (port == control_port) return 0;  // write only; QEMU answers 0
    RING_ASSERT(port >= first_port && port < control_port);
    PitCounter& counter = counters_[port - first_port];
    if (counter.status_latched) {
        counter.status_latched = false;
        return counter.latched_status;
    }
    if (counter.latched_bytes != 0) {
        const bool low = counter.latched_bytes & 1;
        counter.latched_bytes &= low ? 2 : 0;
        return static_cast<u8>(low ? counter.latched : counter.latched >> 8);
    }
    const u16 value = counter.value(now_ns);
    bool high = counter.access == 2;
    if (counter.access == 3) {
        high = counter.read_high;
        counter.read_high = !high;
    }
    return static_cast<u8>(high ? value >> 8 : value);
}

void Pit8254::write(u16 port, u8 value, u64 now_ns) {
    if (port == control_port) return control_word(value, now_ns);
    if (port == speaker_port) {
        speaker_ = port_61::Speaker.set(value);
        return set_gate(counters_[2], port_61::Gate.set(value), now_ns);
    }
    RING_ASSERT(port >= first_port && port < control_port);
    PitCounter& counter = counters_[port - first_port];
    switch (counter.access) {
        case 2:
            return load(counter, static_cast<u16>(value << 8), now_ns);
        case 3:
            if (!counter.has_low) {
                counter.low = value;
                counter.has_low = true;
                return;
            }
            counter.has_low = false;
            return load(counter, static_cast<u16>(value << 8 | counter.low), now_ns);
        default:
            return load(counter, value, now_ns);
    }
}

std::optional<u64> Pit8254::next_change_ns(u64 now_ns) const {
    const PitCounter& counter = counters_[0];
    if (!counter.counting()) return std::nullopt;
    const std::optional<u64> ticks = next_change_ticks(counter, counter.elapsed(now_ns));
    if (!ticks) return std::nullopt;
    return counter.loaded_ns + ns_until(*ticks);
}

std::optional<u64> Pit8254::next_rise_ns(u64 now_ns) const {
    std::optional<u64> at = next_change_ns(now_ns);
    if (at && !irq0_level(*at)) at = next_change_ns(*at);
    return at;
}

bool Pit8254::rose(u64 after_ns, u64 until_ns) const {
    const std::optional<u64> at = next_rise_ns(after_ns);
    return at && *at <= until_ns;
}

bool Pit8254::undefined_count() const {
    for (const PitCounter& counter : counters_)
        if (counter.count == 1 && (counter.kind() == 2 || counter.kind() == 3)) return true;
    return false;
}

void Pit8254::add_to(Digest& digest) const {
    for (const PitCounter& counter : counters_) counter.add_to(digest);
    digest.add(speaker_);
    digest.add(refresh_);
}
}  // namespace ring::machine
