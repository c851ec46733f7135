// Commands that change the machine from outside. What they change is seen at once, and time goes on from there.
#include <fmt/format.h>

#include "answers.hpp"
#include "base/text.hpp"
#include "command_rows.hpp"

namespace ring::session::rows {
namespace {
Answer set_register(Session& session, std::string_view name, Words& words) {
    const arch::Arch& arch = session.target().arch();
    const std::optional<arch::RegisterId> id = arch::find_register(arch, name);
    if (!id) return error("{} has no register '{}'", arch.name, text::printable(name));
    if (words.empty()) return error("it wants a value");
    Result<u64> value = session.number(words.rest());
    if (!value) return value.error();
    if (Status s = session.target().set_register(*id, *value); !s) return s.error();
    session.moved();
    const u64 now = session.now().registers.get(*id).value_or(0);
    return answer(fmt::format("{} = {}\n", arch.registers[*id].name, text::hex(now)),
                  Json{{"register", arch.registers[*id].name}, {"value", text::hex(now)}});
}

// Bytes as hexadecimal, "90 90" or "9090".
Result<Bytes> bytes_of(std::string_view words) {
    Bytes out;
    unsigned digits = 0, value = 0;
    for (const char c : words) {
        const bool space = c == ' ' || c == '\t';
        if (space && digits == 0) continue;
        const int digit = c >= '0' && c <= '9'   ? c - '0'
                          : c >= 'a' && c <= 'f' ? c - 'a' + 10
                          : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                 : -1;
        if (digit < 0) return error("bytes are written as pairs of hexadecimal digits: 90 90");
        value = value * 16 + static_cast<unsigned>(digit);
        if (++digits < 2) continue;
        out.push_back(static_cast<u8>(value));
        digits = value = 0;
    }
    if (digits != 0 || out.empty()) return error("bytes are written as pairs of hexadecimal digits: 90 90");
    return out;
}

Answer written(u64 at, const Bytes& data, bool physical) {
    return answer(
        fmt::format("{} at {}{} written\n", text::size(data.size()), physical ? "physical " : "", text::hex(at)),
        Json{{physical ? "physical" : "address", text::hex(at)}, {"bytes", text::bytes(data)}});
}

Answer set_memory(Session& session, Words& words) {
    std::string_view address = words.next();
    const bool physical = address == "physical";
    if (physical) address = words.next();
    if (address.empty()) return error("it wants an address and bytes");
    Result<u64> at = session.number(address);
    if (!at) return at.error();
    Result<Bytes> data = bytes_of(words.rest());
    if (!data) return data.error();
    if (physical) {
        if (Status s = session.target().write(PhysAddr{*at}, *data); !s) return s.error();
        session.moved();
        return written(*at, *data, true);
    }
    // Page by page; nothing is written unless all of it can be.
    const target::Snapshot& now = session.now();
    std::vector<std::pair<PhysAddr, ByteSpan>> pieces;
    for (u64 done = 0; done < data->size();) {
        const VirtAddr from{*at + done};
        const arch::Walk walk = now.arch->look(now.registers, from, now.memory);
        if (!walk.ok) return error("{} is not mapped", text::hex(from));
        const u64 size = std::min<u64>(data->size() - done, 4096 - (from.value & 4095));
        pieces.emplace_back(walk.physical, ByteSpan(*data).subspan(done, size));
        done += size;
    }
    for (const auto& [to, piece] : pieces)
        if (Status s = session.target().write(to, piece); !s) return s.error();
    session.moved();
    return written(*at, *data, false);
}
}  // namespace

Answer set(Session& session, Words& words) {
    const std::string_view what = words.next();
    if (what == "memory") return set_memory(session, words);
    if (what.empty()) return error("it wants a register and a value, or memory, an address and bytes");
    return set_register(session, what.substr(what[0] == '$' ? 1 : 0), words);
}

Answer send(Session& session, Words& words) {
    if (Status s = session.target().send_console(std::string(words.rest()) + "\n"); !s) return s.error();
    session.moved();
    return answer("", Json{{"sent", text::printable(words.rest())}});
}
}  // namespace ring::session::rows
