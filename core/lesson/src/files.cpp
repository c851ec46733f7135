// The files that a lesson names: below its folder, and what they say they are.
#include <algorithm>
#include <filesystem>

#include "base/file.hpp"
#include "base/text.hpp"
#include "lesson/load.hpp"

namespace ring::lesson {
namespace {
// A file below the lesson's folder, links followed. The error is what follows the file's name.
Result<std::filesystem::path> below(const Lesson& lesson, const std::string& name) {
    if (lesson.folder.empty()) return error("the lesson has no folder");
    std::error_code failed;
    const std::filesystem::path folder = std::filesystem::canonical(lesson.folder, failed);
    if (failed) return error("the lesson's folder cannot be read");
    const std::filesystem::path file = std::filesystem::canonical(folder / name, failed);
    if (failed) return error("there is no such file");
    const auto [end, rest] = std::mismatch(folder.begin(), folder.end(), file.begin(), file.end());
    if (end != folder.end()) return error("it is not below the lesson's folder");
    return file;
}

u32 big_endian_at(const Bytes& bytes, std::size_t at) {
    u32 value = 0;
    for (std::size_t i = 0; i < 4; ++i) value = value << 8 | bytes[at + i];
    return value;
}
}  // namespace

Result<std::filesystem::path> file_of(const Lesson& lesson, const Guest& guest) {
    Result<std::filesystem::path> found = below(lesson, guest.name);
    if (!found) return error("{}: {}: {}", to_text(guest.place), text::printable(guest.name), found.error().sentence());
    return found;
}

Result<Picture> picture(const Lesson& lesson, std::string_view file) {
    Result<std::filesystem::path> found = below(lesson, std::string(file));
    if (!found) return found.error();
    Result<Bytes> png = read_file(*found, most_picture_bytes);
    if (!png) return png.error();
    // PNG (ISO/IEC 15948) 5.2 "PNG signature", 11.2.2 "IHDR Image header": eight bytes, then the first chunk: length
    // 13, its type, and width and height, big-endian.
    constexpr u8 begins[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 0, 0, 13, 'I', 'H', 'D', 'R'};
    if (png->size() < sizeof begins + 8 || !std::equal(std::begin(begins), std::end(begins), png->begin()))
        return error("it is not a PNG file");
    Picture out{std::move(*png), 0, 0};
    out.width = big_endian_at(out.png, sizeof begins);
    out.height = big_endian_at(out.png, sizeof begins + 4);
    if (out.width == 0 || out.height == 0 || out.width > most_picture_side || out.height > most_picture_side)
        return error("its width and height are to be 1 to {} pixels", most_picture_side);
    return out;
}
}  // namespace ring::lesson
