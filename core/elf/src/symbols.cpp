#include "elf/symbols.hpp"

#include <gelf.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <tuple>

#include "base/text.hpp"
#include "symbols_library.hpp"

namespace ring::elf {
namespace {
constexpr int most_symbols = 1 << 22;
constexpr std::size_t most_nested = 64;  // symbols looked at before giving up on one that holds the address

// Debug information outside the file is never looked for.
int no_debuginfo(Dwfl_Module*, void**, const char*, Dwarf_Addr, const char*, const char*, GElf_Word, char**) {
    return -1;
}
int no_elf(Dwfl_Module*, void**, const char*, Dwarf_Addr, char**, ::Elf**) { return -1; }

// libdwfl wants a descriptor, and closes it.
Result<int> as_descriptor(ByteSpan bytes) {
    const int fd = ::memfd_create("elf", MFD_CLOEXEC);
    if (fd < 0) return error("no memory for the symbols");
    while (!bytes.empty()) {
        const ssize_t written = ::write(fd, bytes.data(), bytes.size());
        if (written <= 0) {
            ::close(fd);
            return error("no memory for the symbols");
        }
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    return fd;
}

Symbol::Kind kind_of(const GElf_Sym& symbol) {
    switch (GELF_ST_TYPE(symbol.st_info)) {
        case STT_FUNC:
        case STT_GNU_IFUNC:
            return Symbol::Kind::Function;
        case STT_OBJECT:
        case STT_COMMON:
            return Symbol::Kind::Object;
        default:
            return Symbol::Kind::Other;
    }
}

// Undefined names, sections and files are no places. Names like .L4, $x and $d are the assembler's own (RISC-V psABI,
// "Mapping Symbol"), and thread-local symbols have an offset, not an address.
bool names_a_place(const char* name, const GElf_Sym& symbol, GElf_Word section) {
    const int type = GELF_ST_TYPE(symbol.st_info);
    if (!name || *name == 0 || section == SHN_UNDEF || section == SHN_COMMON) return false;
    if (type == STT_SECTION || type == STT_FILE || type == STT_TLS) return false;
    const std::string_view text(name);
    return !text.starts_with(".L") && !text.starts_with("$x") && !text.starts_with("$d");
}

// Of two symbols at one address the better name comes first: with a size, a function, global.
auto order(const Symbol& s) {
    return std::tuple(s.address, s.size == 0, static_cast<int>(s.kind), !s.global, s.section);
}

// "a.c" is the end of "src/a.c", not of "src/ba.c".
bool ends_path(std::string_view path, std::string_view end) {
    return path.ends_with(end) &&
           (path.size() == end.size() || end.starts_with('/') || path[path.size() - end.size() - 1] == '/');
}
}  // namespace

Symbols::Symbols(std::unique_ptr<Library> library) : library_(std::move(library)) {}
Symbols::Symbols(Symbols&&) noexcept = default;
Symbols& Symbols::operator=(Symbols&&) noexcept = default;
Symbols::~Symbols() = default;

Result<Symbols> Symbols::read(const File& file, u64 bias) {
    if (!file.recognised()) return error("not an ELF file that has symbols");
    auto library = std::make_unique<Library>();
    library->callbacks.find_elf = no_elf;
    library->callbacks.find_debuginfo = no_debuginfo;
    library->callbacks.section_address = dwfl_offline_section_address;
    library->session = dwfl_begin(&library->callbacks);
    if (!library->session) return error("elfutils: {}", dwfl_errmsg(-1));
    Result<int> fd = as_descriptor(file.bytes());
    if (!fd) return fd.error();
    dwfl_report_begin(library->session);
    library->module = file.header().type() == et::rel ? dwfl_report_offline(library->session, "file", "file", *fd)
                                                      : dwfl_report_elf(library->session, "file", "file", *fd, 0, true);
    if (!library->module) {
        ::close(*fd);
        return error("elfutils cannot read the file: {}", text::printable(dwfl_errmsg(-1)));
    }
    library->relocatable = file.header().type() == et::rel;
    dwfl_report_end(library->session, nullptr, nullptr);

    Symbols out(std::move(library));
    out.bias_ = bias;
    // elfutils gives the sections of a relocatable file addresses of their own.
    GElf_Addr moved = 0;
    ::Elf* const handle = dwfl_module_getelf(out.library_->module, &moved);
    for (const Section& section : file.sections()) {
        GElf_Shdr header{};
        const bool known = gelf_getshdr(elf_getscn(handle, section.index), &header) != nullptr;
        out.section_starts_.push_back({(known ? header.sh_addr + moved : section.addr()) + bias});
        out.section_ends_.push_back(out.section_starts_.back().value + section.size());
    }
    const int count = std::min(dwfl_module_getsymtab(out.library_->module), most_symbols);
    for (int i = 1; i < count; ++i) {
        GElf_Sym symbol;
        GElf_Addr address = 0;
        GElf_Word section = 0;
        const char* name =
            dwfl_module_getsym_info(out.library_->module, i, &symbol, &address, &section, nullptr, nullptr);
        if (!names_a_place(name, symbol, section)) continue;
        const bool moves = section != SHN_ABS;
        out.symbols_.push_back({name,
                                {address + (moves ? bias : 0)},
                                symbol.st_size,
                                kind_of(symbol),
                                GELF_ST_BIND(symbol.st_info) != STB_LOCAL,
                                section});
    }
    std::stable_sort(out.symbols_.begin(), out.symbols_.end(),
                     [](const Symbol& a, const Symbol& b) { return order(a) < order(b); });
    out.by_name_.resize(out.symbols_.size());
    for (std::size_t i = 0; i < out.by_name_.size(); ++i) out.by_name_[i] = i;
    std::stable_sort(out.by_name_.begin(), out.by_name_.end(), [&](std::size_t a, std::size_t b) {
        const Symbol &left = out.symbols_[a], &right = out.symbols_[b];
        return std::tuple(std::string_view(left.name), !left.global) <
               std::tuple(std::string_view(right.name), !right.global);
    });
    return out;
}

const Symbol* Symbols::find(std::string_view name) const {
    const auto found =
        std::lower_bound(by_name_.begin(), by_name_.end(), name,
                         [&](std::size_t i, std::string_view wanted) { return symbols_[i].name < wanted; });
    return found != by_name_.end() && symbols_[*found].name == name ? &symbols_[*found] : nullptr;
}

std::optional<SymbolAt> Symbols::at(VirtAddr at) const {
    auto after = std::upper_bound(symbols_.begin(), symbols_.end(), at,
                                  [](VirtAddr wanted, const Symbol& s) { return wanted < s.address; });
    const Symbol* label = nullptr;
    std::size_t looked_at = 0;
    while (after != symbols_.begin() && looked_at++ < most_nested) {
        // Back to the first of those that share an address: it has the best name.
        auto first = after - 1;
        while (first != symbols_.begin() && (first - 1)->address == first->address) --first;
        for (auto s = first; s != after; ++s) {
            if (s->section == SHN_ABS) continue;
            if (at.value - s->address.value < s->size) return SymbolAt{&*s, at.value - s->address.value};
            if (s->size == 0 && !label && looked_at == 1 && at.value < section_end(s->section)) label = &*s;
        }
        after = first;
    }
    if (!label) return std::nullopt;
    return SymbolAt{label, at.value - label->address.value};
}

u64 Symbols::section_end(u32 section) const {
    return section < section_ends_.size() ? section_ends_[section] : ~u64{0};
}

VirtAddr Symbols::section_start(u32 section) const {
    return section < section_starts_.size() ? section_starts_[section] : VirtAddr{};
}

std::string Symbols::label(VirtAddr address) const {
    const std::optional<SymbolAt> found = at(address);
    if (!found) return "";
    const std::string name = text::printable(found->symbol->name);
    return found->offset == 0 ? name : name + "+" + text::hex(found->offset);
}

std::optional<SourceLine> Symbols::line(VirtAddr at) const {
    const std::vector<Library::Row>& rows = library_->lines();
    const auto after = std::upper_bound(rows.begin(), rows.end(), at.value - bias_,
                                        [](u64 wanted, const Library::Row& row) { return wanted < row.address; });
    // Of several rows at one address the last is in effect (DWARF 5, 6.2.2 "State-Machine Registers").
    if (after == rows.begin() || (after - 1)->ends) return std::nullopt;
    const Library::Row& row = *(after - 1);
    if (row.line == 0) return std::nullopt;  // code that the compiler made for no line
    return SourceLine{library_->files[row.file], row.line, row.column};
}

std::vector<VirtAddr> Symbols::addresses(std::string_view file, int line) const {
    constexpr unsigned most_between = 64;  // rows of one copied function
    struct Copy {
        VirtAddr at;
        std::size_t depth = 0;  // of the functions that it was copied into
        bool statement = false;
    };
    std::vector<Copy> copies;
    bool inside = false;   // consecutive rows of one line are one copy
    unsigned between = 0;  // rows since the line was left, as long as all are deeper
    bool only_deeper = false;
    for (const Library::Row& row : library_->lines()) {
        const bool matches = !row.ends && row.line == line && ends_path(library_->files[row.file], file);
        const VirtAddr at{row.address + bias_};
        if (!matches) {
            inside = false;
            if (only_deeper)
                only_deeper = !row.ends && ++between <= most_between && inlined(at).size() > copies.back().depth;
            continue;
        }
        if (!inside && !(only_deeper && inlined(at).size() == copies.back().depth))
            copies.push_back({at, inlined(at).size(), row.statement});
        else if (row.statement && !copies.back().statement)
            copies.back() = {at, copies.back().depth, true};
        inside = only_deeper = true;
        between = 0;
    }
    const bool marked = std::ranges::any_of(copies, &Copy::statement);
    std::vector<VirtAddr> out;
    for (const Copy& copy : copies)
        if (copy.statement || !marked) out.push_back(copy.at);
    std::ranges::sort(out);
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

std::vector<std::pair<int, VirtAddr>> Symbols::lines_of(std::string_view file) const {
    std::map<int, std::pair<bool, u64>> first;  // a statement's beginning is better than any other address
    for (const Library::Row& row : library_->lines()) {
        if (row.ends || row.line == 0 || library_->files[row.file] != file) continue;
        const auto [place, added] = first.try_emplace(row.line, row.statement, row.address);
        if (!added && row.statement && !place->second.first) place->second = {true, row.address};
    }
    std::vector<std::pair<int, VirtAddr>> out;
    for (const auto& [line, place] : first) out.emplace_back(line, VirtAddr{place.second + bias_});
    return out;
}
}  // namespace ring::elf
