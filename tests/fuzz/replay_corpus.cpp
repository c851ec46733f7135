// Runs a fuzz target over the files of a folder: FUZZ FOLDER. An empty folder is a failure: nothing would be tested.
#include <cstdio>
#include <filesystem>

#include "base/file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const ring::u8* data, std::size_t size);

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    int count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(argv[1])) {
        const ring::Result<ring::Bytes> bytes = ring::read_file(entry.path());
        if (!bytes) {
            std::fprintf(stderr, "%s\n", bytes.error().sentence().c_str());
            return 1;
        }
        std::printf("%s\n", entry.path().filename().c_str());
        std::fflush(stdout);
        LLVMFuzzerTestOneInput(bytes->data(), bytes->size());
        ++count;
    }
    return count == 0 ? 1 : 0;
}
