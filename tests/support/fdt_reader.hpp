// A flattened device tree as text, one property a line, for comparison and for goldens. Written against the Devicetree
// Specification 0.4 alone, so that it checks the writer.
#pragma once
#include <fmt/format.h>

#include <map>
#include <optional>
#include <string>

#include "base/types.hpp"

namespace ring::test {

// "/cpus/cpu@0" -> "reg" -> "<0x0>". A property is text when its bytes look so, cells when they come in fours, "" when
// it is empty.
using FdtNodes = std::map<std::string, std::map<std::string, std::string>>;

class FdtReader {
  public:
    explicit FdtReader(ByteSpan blob) : blob_(blob) {}

    // Nothing: the blob is damaged.
    std::optional<FdtNodes> nodes() {
        if (word(0) != 0xd00dfeed || word(4) > blob_.size() || word(20) != 17 || word(24) > 17) return std::nullopt;
        const u32 structure = word(8), names = word(12), reservations = word(16), names_size = word(32),
                  structure_size = word(36);
        if (names + u64{names_size} > word(4) || structure + u64{structure_size} > word(4)) return std::nullopt;
        if (reservations % 8 != 0 || structure % 4 != 0) return std::nullopt;
        FdtNodes found;
        std::string path;
        for (u32 at = structure; at < structure + structure_size;) {
            const u32 token = word(at);
            at += 4;
            if (token == 9) return path.empty() ? std::optional(found) : std::nullopt;
            if (token == 1) {
                const std::string name = string(at);
                path += path == "/" || (path.empty() && name.empty()) ? name : "/" + name;
                if (path.empty()) path = "/";
                found[path];
                at = aligned(at + static_cast<u32>(name.size()) + 1);
            } else if (token == 2) {
                if (path.empty()) return std::nullopt;
                const std::size_t slash = path.rfind('/');
                path = path == "/" ? "" : slash == 0 ? "/" : path.substr(0, slash);
            } else if (token == 3) {
                const u32 size = word(at), name = word(at + 4);
                if (at + 8 + u64{size} > blob_.size() || name >= names_size) return std::nullopt;
                found[path][string(names + name)] = shown(blob_.subspan(at + 8, size));
                at = aligned(at + 8 + size);
            } else if (token != 4) {
                return std::nullopt;
            }
        }
        return std::nullopt;
    }

  private:
    u32 word(std::size_t at) const {
        if (at + 4 > blob_.size()) return ~u32{0};
        return u32{blob_[at]} << 24 | u32{blob_[at + 1]} << 16 | u32{blob_[at + 2]} << 8 | u32{blob_[at + 3]};
    }
    static u32 aligned(u32 at) { return (at + 3) & ~u32{3}; }
    std::string string(std::size_t at) const {
        std::string out;
        for (; at < blob_.size() && blob_[at] != 0; ++at) out += static_cast<char>(blob_[at]);
        return out;
    }
    static std::string shown(ByteSpan value) {
        bool text = !value.empty() && value.back() == 0 && value.front() != 0;
        for (u8 byte : value) text = text && (byte == 0 || (byte >= 0x20 && byte < 0x7f));
        std::string out;
        if (text) {
            for (u8 byte : value.first(value.size() - 1))
                out += byte == 0 ? std::string("\", \"") : std::string(1, static_cast<char>(byte));
            return "\"" + out + "\"";
        }
        for (std::size_t i = 0; i + 4 <= value.size(); i += 4)
            out += fmt::format("{}{:#x}", i == 0 ? "" : " ", FdtReader(value).word(i));
        return value.size() % 4 == 0 ? (value.empty() ? "" : "<" + out + ">") : "bytes";
    }
    ByteSpan blob_;
};

inline std::string fdt_text(const FdtNodes& nodes) {
    std::string out;
    for (const auto& [path, properties] : nodes) {
        out += path + "\n";
        for (const auto& [name, value] : properties)
            out += value.empty() ? fmt::format("    {}\n", name) : fmt::format("    {} = {}\n", name, value);
    }
    return out;
}
}  // namespace ring::test
