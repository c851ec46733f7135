#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>

#include "base/file.hpp"
#include "elf_builder.hpp"
#include "session/boot.hpp"

using namespace ring;
namespace fs = std::filesystem;

namespace {
const fs::path kernels = fs::path(RING_BINARY_DIR) / "kernels";
fs::path riscv_program(const std::string& name) { return kernels / "riscv64" / "user" / (name + ".elf"); }

session::Prepared prepared(const session::Spec& spec) {
    ::setenv("RINGSCOPE_DATA", RING_BINARY_DIR "/share/ringscope", 1);
    Result<session::Prepared> out = session::prepare(spec);
    INFO((out ? std::string() : out.error().sentence()));
    REQUIRE(out);
    return std::move(*out);
}
std::string refused(const session::Spec& spec) {
    ::setenv("RINGSCOPE_DATA", RING_BINARY_DIR "/share/ringscope", 1);
    const Result<session::Prepared> out = session::prepare(spec);
    return out ? "(accepted)" : out.error().sentence();
}

// A folder that is gone afterwards.
struct Folder {
    Folder() {
        char name[] = "/tmp/ringscope-files-XXXXXX";
        REQUIRE(::mkdtemp(name) != nullptr);
        path = name;
    }
    ~Folder() { fs::remove_all(path); }
    void file(const std::string& name, const std::string& contents) const {
        fs::create_directories((path / name).parent_path());
        std::ofstream(path / name) << contents;
    }
    fs::path path;
};

// Members by name, as a reader without trust in our writer sees them: a later one replaces an earlier one.
std::map<std::string, std::string> members(const Bytes& archive) {
    std::map<std::string, std::string> out;
    const char* const bytes = reinterpret_cast<const char*>(archive.data());
    for (std::size_t at = 0; at + 512 <= archive.size() && bytes[at] != 0;) {
        const auto field = [&](std::size_t offset, std::size_t size) {
            return std::string(bytes + at + offset, strnlen(bytes + at + offset, size));
        };
        const std::size_t size = std::stoul(field(124, 12), nullptr, 8);
        const std::string prefix = field(345, 155);
        std::string name = (prefix.empty() ? "" : prefix + "/") + field(0, 100);
        if (name.starts_with("./")) name.erase(0, 2);
        out[name] = std::string(bytes + at + 512, size);
        at += 512 + (size + 511) / 512 * 512;
    }
    return out;
}

// The smallest kernel for the board: instructions that jump to themselves.
Bytes small_kernel(u64 entry, u64 where = 0x80000000) {
    test::ElfBuilder elf(ET_EXEC, EM_RISCV);
    elf.load(PF_R | PF_X, 0x1000, where,
             Bytes{0x6f, 0, 0, 0, 0x6f, 0, 0, 0, 0x6f, 0, 0, 0, 0x6f, 0, 0, 0, 0x6f, 0, 0, 0});
    elf.header.e_entry = entry;
    return elf.build();
}
void write(const fs::path& path, const Bytes& bytes) { REQUIRE(write_file(path, bytes)); }
}  // namespace

TEST_CASE("prepare: a RISC-V file for 0x80000000 is a kernel, and gets the archive that lies beside it") {
    session::Spec spec;
    spec.file = kernels / "riscv64" / "kernel.elf";
    const session::Prepared out = prepared(spec);
    REQUIRE(out.parts.size() == 1);
    CHECK(out.parts[0].role == "kernel");
    CHECK(out.options.command_line.empty());
    REQUIRE(out.options.modules.size() == 1);
    CHECK(out.options.modules[0].data == *read_file(kernels / "riscv64" / "initrd.tar"));
    CHECK(out.warnings.empty());
}

TEST_CASE("prepare: a RISC-V program runs under the teaching kernel, as one of its files") {
    session::Spec spec;
    spec.file = riscv_program("cat2");
    spec.arguments = {"/test/hello.txt"};
    session::Prepared out = prepared(spec);
    REQUIRE(out.parts.size() == 2);
    CHECK(out.parts[0].name == "kernel.elf");
    CHECK(out.parts[1].role == "user");
    CHECK(out.parts[1].bias == 0);
    CHECK(out.options.command_line == "-- run /bin/cat2 /test/hello.txt");
    const auto files = members(out.options.modules.at(0).data);
    CHECK(files.at("bin/cat2").size() == fs::file_size(spec.file));
    CHECK(files.contains("bin/echo"));
    CHECK(files.contains("test/hello.txt"));

    spec.only_program = true;
    spec.command_line = "break=spp-s";
    spec.arguments = {"", "two  words", "a \"quote\"", "back\\slash"};
    out = prepared(spec);
    CHECK(out.options.command_line ==
          R"(break=spp-s quiet -- run /bin/cat2 "" "two  words" "a \"quote\"" "back\\slash")");

    spec.shell = true;
    spec.arguments.clear();
    CHECK(prepared(spec).options.command_line == "break=spp-s");
}

TEST_CASE("prepare: symbols of a position-independent program are where the kernel puts it") {
    session::Spec spec;
    spec.file = riscv_program("dyn");
    CHECK(prepared(spec).parts.at(1).bias == 0x80400000);
    spec.file = kernels / "x86_64" / "user" / "data_pie.elf";
    CHECK(prepared(spec).parts.at(1).bias == 0x10000000);
}

TEST_CASE("prepare: another archive, and what cannot be given") {
    const Folder folder;
    write(folder.path / "kernel.elf", small_kernel(0x80000000));
    folder.file("anything", "not an archive");
    session::Spec spec;
    spec.file = folder.path / "kernel.elf";
    CHECK(prepared(spec).options.modules.empty());
    spec.modules = {folder.path / "anything"};
    CHECK(prepared(spec).options.modules.at(0).data.size() == 14);  // a kernel gets it as it is
    spec.files = folder.path;
    CHECK(refused(spec).ends_with("anything: it is not a ustar archive"));
    spec.files.clear();
    spec.modules.push_back(folder.path / "anything");
    CHECK(refused(spec).find("has room for one module") != std::string::npos);
    spec.modules.clear();
    spec.arguments = {"word"};
    CHECK(refused(spec).find("--append gives words to the kernel") != std::string::npos);

    session::Spec program;
    program.file = riscv_program("echo");
    program.arguments.assign(32, "word");
    CHECK(refused(program).starts_with("32 arguments are more than the 31"));
    program.arguments = {std::string(1020, 'x')};
    CHECK(refused(program).find("and the kernel takes 1023") != std::string::npos);
    program.arguments.clear();
    program.command_line = "-- help";
    CHECK(refused(program).find("has a line after '--' already") != std::string::npos);
    program.command_line.clear();
    program.as = session::As::Kernel;
    CHECK(refused(program).find("nothing of it lies at 0x80000000") != std::string::npos);
    program.as = session::As::FileDecides;
    program.ram_bytes = 4_MiB;
    CHECK(refused(program).find("more RAM keeps them apart") != std::string::npos);
}

TEST_CASE("prepare: what the x86-64 teaching kernel does not have is told") {
    session::Spec spec;
    spec.file = kernels / "x86_64" / "user" / "hello.elf";
    CHECK(prepared(spec).options.modules.at(0).command_line == "hello.elf");
    spec.shell = true;
    CHECK(refused(spec).find("has no shell") != std::string::npos);
    spec.shell = false;
    spec.files = "/";
    CHECK(refused(spec).find("has no files") != std::string::npos);
}

TEST_CASE("prepare: a kernel that means to start elsewhere is warned about") {
    const Folder folder;
    write(folder.path / "kernel.elf", small_kernel(0x80000010));
    session::Spec spec;
    spec.file = folder.path / "kernel.elf";
    const session::Prepared out = prepared(spec);
    REQUIRE(out.warnings.size() == 1);
    CHECK(out.warnings[0].find("says that it starts at 0x80000010") != std::string::npos);
    write(folder.path / "kernel.elf", small_kernel(0x80200000, 0x80200000));
    spec.as = session::As::Kernel;
    CHECK(refused(spec).find("nothing of it lies at 0x80000000") != std::string::npos);
}

TEST_CASE("files: a copy of a folder, in order, and nothing from outside it") {
    const Folder outside, folder;
    outside.file("secret", "nobody's business");
    folder.file("b/c.txt", "deep");
    folder.file("a.txt", "first");
    fs::create_symlink("a.txt", folder.path / "inside");
    fs::create_symlink(outside.path / "secret", folder.path / "absolute");
    fs::create_symlink("../" + outside.path.filename().string() + "/secret", folder.path / "relative");
    fs::create_symlink(outside.path, folder.path / "folder");
    fs::create_symlink("..", folder.path / "b" / "up");
    fs::create_symlink(".", folder.path / "self");
    fs::create_symlink("loop", folder.path / "loop");
    fs::create_symlink("nothing", folder.path / "dangling");
    fs::create_symlink("/etc/passwd", folder.path / "passwd");
    REQUIRE(::mkfifo((folder.path / "pipe").c_str(), 0600) == 0);

    session::Spec spec;
    spec.file = riscv_program("ls");
    spec.files = folder.path;
    session::Prepared out = prepared(spec);
    auto files = members(out.options.modules.at(0).data);
    CHECK(files.at("a.txt") == "first");
    CHECK(files.at("b/c.txt") == "deep");
    CHECK(files.contains("b/"));
    CHECK(files.at("inside") == "first");
    for (const char* name : {"absolute", "relative", "folder", "b/up", "self", "loop", "dangling", "passwd", "pipe"}) {
        INFO(name);
        CHECK_FALSE(files.contains(name));
        CHECK_FALSE(files.contains(std::string(name) + "/"));
    }
    for (const auto& [name, contents] : files) CHECK(contents.find("nobody's business") == std::string::npos);
    REQUIRE(out.warnings.size() == 1);
    CHECK(out.warnings[0].starts_with("9 of "));
    CHECK(
        out.warnings[0].ends_with("left out, being no file of that folder: absolute, b/up, dangling, folder, loop, "
                                  "passwd, pipe, relative, self"));
    CHECK(prepared(spec).options.modules.at(0).data == out.options.modules.at(0).data);
}

TEST_CASE("files: a folder that is none, too much, and names that are too long") {
    const Folder folder;
    session::Spec spec;
    spec.file = riscv_program("ls");
    spec.files = folder.path / "nothing";
    CHECK(refused(spec).find("No such file") != std::string::npos);
    folder.file("large", "");
    spec.files = folder.path / "large";
    CHECK(refused(spec).ends_with("it is not a folder"));
    spec.files = folder.path;
    fs::resize_file(folder.path / "large", 100_MiB);  // without a byte on the disk
    CHECK(refused(spec).find("--ram gives the guest more") != std::string::npos);
    fs::resize_file(folder.path / "large", 40_MiB);  // where an initrd lies, less than that is left
    CHECK(refused(spec).find("lies outside RAM, which is 0x80000000 to 0x84000000") != std::string::npos);
    fs::remove(folder.path / "large");
    folder.file(std::string(101, 'x'), "");
    CHECK(refused(spec).find("does not fit into an archive") != std::string::npos);
    fs::remove(folder.path / std::string(101, 'x'));
    folder.file(std::string(90, 'x') + "/" + std::string(90, 'y') + "/" + std::string(90, 'z'), "");
    CHECK(refused(spec).find("has more than 255 bytes") != std::string::npos);
}
