#include "session/source_files.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace ring;
namespace fs = std::filesystem;

namespace {
struct Folder {
    fs::path path = fs::path(RING_BINARY_DIR) / "source_files_test";
    Folder() {
        fs::remove_all(path);
        fs::create_directories(path / "project/src");
    }
    ~Folder() { fs::remove_all(path); }
    void put(const std::string& name, const std::string& text) const {
        std::ofstream(path / name, std::ios::binary) << text;
    }
};
}  // namespace

TEST_CASE("a source file is found as recorded, and by the end of its path in the folders that are named") {
    const Folder folder;
    folder.put("project/src/a.c", "int a;\n\tint b;\r\n\x1b[31m");
    const std::string whole = (folder.path / "project/src/a.c").string();
    CHECK(session::SourceFiles().open(whole)->lines.size() == 3);
    session::SourceFiles files({folder.path / "project"});
    for (const char* recorded : {"/home/x/project/src/a.c", "src/a.c", "../other/src/a.c"}) {
        const auto file = files.open(recorded);
        INFO(recorded);
        CHECK(file->found == whole);
        REQUIRE(file->lines.size() == 3);
        CHECK(file->lines[0] == "int a;");
        CHECK(file->lines[1] == "        int b;");
        CHECK(file->lines[2].find('\x1b') == std::string::npos);
    }
}

TEST_CASE("a source file that is not here is named as recorded, with what to do; it may come later") {
    const Folder folder;
    session::SourceFiles files({folder.path});
    const auto gone = files.open("/build/far/away.c\x1b");
    CHECK(gone->lines.empty());
    CHECK(gone->trouble.find("/build/far/away.c") != std::string::npos);
    CHECK(gone->trouble.find("RINGSCOPE_SOURCES") != std::string::npos);
    CHECK(gone->trouble.find('\x1b') == std::string::npos);
}

TEST_CASE("a source file that was changed is read again; one that is too large is refused") {
    const Folder folder;
    folder.put("a.c", "one\n");
    session::SourceFiles files({folder.path});
    CHECK(files.open("a.c")->lines.size() == 1);
    folder.put("a.c", "one\ntwo\n");
    fs::last_write_time(folder.path / "a.c", fs::file_time_type::clock::now() + std::chrono::seconds(5));
    CHECK(files.open("a.c")->lines.size() == 2);
    folder.put("big.c", std::string(session::most_source_bytes + 1, 'x'));
    CHECK(files.open("big.c")->lines.empty());
    CHECK_FALSE(files.open("big.c")->trouble.empty());
}

TEST_CASE("lines with instructions come with the file") {
    const Folder folder;
    folder.put("a.c", "one\n");
    session::SourceFiles files({folder.path}, [](const std::string& name) {
        return std::vector<std::pair<int, VirtAddr>>{{name == "a.c" ? 1 : 2, VirtAddr{0x1000}}};
    });
    CHECK(files.open("a.c")->address(1) == VirtAddr{0x1000});
    CHECK_FALSE(files.open("a.c")->address(2));
}
