// An archive of somebody else's, to which members are added. The property: it is refused with a sentence and nothing
// has happened, or it is whole blocks, no more than came in, and taken apart again gives the same.
#include "base/ustar.hpp"

extern "C" int LLVMFuzzerTestOneInput(const ring::u8* data, std::size_t size) {
    ring::Ustar once;
    const ring::Status taken = once.append({data, size});
    if (!taken) {
        if (once.size() != 0 || taken.error().sentence().empty()) __builtin_trap();
        return 0;
    }
    if (once.size() % ring::Ustar::block != 0 || once.size() >= size + ring::Ustar::block) __builtin_trap();
    const ring::Bytes archive = std::move(once).finish();
    ring::Ustar twice;
    if (!twice.append(archive)) __builtin_trap();
    if (std::move(twice).finish() != archive) __builtin_trap();
    return 0;
}
