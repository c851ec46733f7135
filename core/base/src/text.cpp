#include "base/text.hpp"

#include <fmt/format.h>

namespace ring::text {
std::string hex(u64 value) { return fmt::format("{:#x}", value); }
std::string hex(VirtAddr address) { return hex(address.value); }
std::string hex(PhysAddr address) { return hex(address.value); }
std::string hex_padded(u64 value, unsigned digit_count) { return "0x" + digits(value, digit_count); }
std::string digits(u64 value, unsigned count) { return fmt::format("{:0{}x}", value, count); }

std::string bytes(ByteSpan data) {
    std::string out;
    for (u8 byte : data) {
        if (!out.empty()) out += ' ';
        out += digits(byte, 2);
    }
    return out;
}

std::string size(u64 count) {
    if (count < 1_KiB) return fmt::format("{} byte{}", count, count == 1 ? "" : "s");
    const char* const units[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    unsigned unit = 0;
    while (unit < 5 && count >> (10 * (unit + 2)) != 0) ++unit;
    const unsigned shift = 10 * (unit + 1);
    if ((count & ((u64{1} << shift) - 1)) == 0) return fmt::format("{} {}", count >> shift, units[unit]);
    return fmt::format("{:.1f} {}", static_cast<double>(count) / static_cast<double>(u64{1} << shift), units[unit]);
}

namespace {
// Bytes of the UTF-8 sequence that starts at `at`, 0 when there is none. Unicode 15, table 3-7 "Well-Formed UTF-8".
std::size_t sequence_length(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) -> unsigned {
        return at + i < text.size() ? static_cast<u8>(text[at + i]) : 0u;
    };
    const auto continues = [&](std::size_t i) { return (byte(i) & 0xc0) == 0x80; };
    const unsigned lead = byte(0);
    if (lead < 0x80) return 1;
    if (lead >= 0xc2 && lead <= 0xdf) return continues(1) ? 2 : 0;
    if (lead >= 0xe0 && lead <= 0xef) {
        if (lead == 0xe0 && byte(1) < 0xa0) return 0;
        if (lead == 0xed && byte(1) > 0x9f) return 0;
        return continues(1) && continues(2) ? 3 : 0;
    }
    if (lead >= 0xf0 && lead <= 0xf4) {
        if (lead == 0xf0 && byte(1) < 0x90) return 0;
        if (lead == 0xf4 && byte(1) > 0x8f) return 0;
        return continues(1) && continues(2) && continues(3) ? 4 : 0;
    }
    return 0;
}
}  // namespace

std::string printable(std::string_view foreign, bool lines) {
    std::string out;
    for (std::size_t i = 0; i < foreign.size();) {
        const std::size_t length = sequence_length(foreign, i);
        const u8 lead = static_cast<u8>(foreign[i]);
        const bool c0 = lead < 0x20 || lead == 0x7f;
        const bool c1 = length == 2 && lead == 0xc2 && static_cast<u8>(foreign[i + 1]) < 0xa0;
        const bool kept_line = lines && (lead == '\n' || lead == '\t');
        if (length == 0 || (c0 && !kept_line) || c1) {
            out += "\\x" + digits(lead, 2);
            ++i;
            if (c1) out += "\\x" + digits(static_cast<u8>(foreign[i++]), 2);
        } else {
            out += foreign.substr(i, length);
            i += length;
        }
    }
    return out;
}
}  // namespace ring::text
