#include "elf/demangle.hpp"

#include <csetjmp>
#include <cstring>

#define HAVE_DECL_BASENAME 1  // else libiberty declares its own, against string.h
#include <libiberty/demangle.h>

namespace ring::elf {
namespace {
// libiberty hands the name over in pieces and has no way to be told "enough": the only exit is a jump. Nothing here has
// a destructor, and the pieces are on its stack, so nothing is left behind.
struct Spoken {
    std::jmp_buf enough;
    std::size_t size = 0;
    char text[longest_name];
};

extern "C" void take_piece(const char* piece, std::size_t size, void* opaque) {
    Spoken& out = *static_cast<Spoken*>(opaque);
    if (size > sizeof out.text - out.size) std::longjmp(out.enough, 1);
    std::memcpy(out.text + out.size, piece, size);
    out.size += size;
}

bool demangled(const char* name, Spoken& out) {
    if (setjmp(out.enough) != 0) return false;
    if (rust_demangle_callback(name, DMGL_NO_OPTS, take_piece, &out) == 1) return true;
    out.size = 0;
    return std::strncmp(name, "_Z", 2) == 0 && cplus_demangle_v3_callback(name, DMGL_NO_OPTS, take_piece, &out) == 1;
}
}  // namespace

std::string spoken(std::string_view name) {
    if (name.size() >= longest_name || name.find('\0') != std::string_view::npos) return std::string(name);
    if (!name.starts_with("_Z") && !name.starts_with("_R")) return std::string(name);
    char mangled[longest_name];
    std::memcpy(mangled, name.data(), name.size());
    mangled[name.size()] = 0;
    static thread_local Spoken said;
    said.size = 0;
    if (!demangled(mangled, said)) return std::string(name);
    std::string out(said.text, said.size);
    constexpr std::string_view nowhere = "(anonymous namespace)::";
    for (std::size_t at = out.find(nowhere); at != std::string::npos; at = out.find(nowhere, at))
        out.erase(at, nowhere.size());
    return out;
}
}  // namespace ring::elf
