#include "base/data_dir.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <string>

using namespace ring;
namespace fs = std::filesystem;

namespace {
// RINGSCOPE_DATA as the test wants it, and as it was afterwards.
class DataVariable {
  public:
    explicit DataVariable(const char* value) {
        if (const char* before = std::getenv(name)) before_ = before, was_set_ = true;
        value != nullptr ? ::setenv(name, value, 1) : ::unsetenv(name);
    }
    ~DataVariable() { was_set_ ? ::setenv(name, before_.c_str(), 1) : ::unsetenv(name); }

  private:
    static constexpr const char* name = "RINGSCOPE_DATA";
    std::string before_;
    bool was_set_ = false;
};
}  // namespace

TEST_CASE("data lies in share/ringscope, beside the folder of the running program") {
    DataVariable none(nullptr);
    CHECK(data_dir().is_absolute());
    CHECK(data_dir() == fs::read_symlink("/proc/self/exe").parent_path().parent_path() / "share/ringscope");
    CHECK(fs::is_directory(data_dir()));  // the build tree has the shape of the installed one
}

TEST_CASE("RINGSCOPE_DATA names another data folder; empty, it names none") {
    {
        DataVariable chosen("/somewhere else/data");
        CHECK(data_dir() == "/somewhere else/data");
    }
    DataVariable empty("");
    CHECK(data_dir().filename() == "ringscope");
}
