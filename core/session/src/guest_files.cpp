#include "guest_files.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/file.hpp"
#include "base/text.hpp"

namespace ring::session {
namespace {
namespace fs = std::filesystem;

std::string shown(const fs::path& path) { return text::printable(path.string()); }

bool is_inside(const fs::path& path, const fs::path& folder) {
    return std::mismatch(folder.begin(), folder.end(), path.begin(), path.end()).first == folder.end();
}

class Copy {
  public:
    Copy(Ustar& to, fs::path root, u64 most) : to_(to), root_(std::move(root)), most_(most) {}

    Status folder(const fs::path& host, const std::string& guest) {
        std::error_code failed;
        std::vector<fs::path> all;
        for (fs::directory_iterator one(host, failed), end; !failed && one != end; one.increment(failed)) {
            if (all.size() >= most_guest_files) return too_many();
            all.push_back(one->path());
        }
        if (failed) return error("{}: {}", shown(host), failed.message());
        std::ranges::sort(all);
        for (const fs::path& one : all)
            if (Status s = member(one, guest + one.filename().string()); !s) return s;
        return Ok{};
    }

    std::vector<std::string> left_out;

  private:
    static Status too_many() { return error("it holds more than {} files and folders", most_guest_files); }

    Status member(const fs::path& host, const std::string& guest) {
        if (++count_ > most_guest_files) return too_many();
        if (guest.size() + 1 > most_guest_path_bytes)
            return error("the path '/{}' has more than {} bytes", text::printable(guest), most_guest_path_bytes);
        std::error_code failed;
        fs::path file = host;
        fs::file_status status = fs::symlink_status(host, failed);
        if (fs::is_symlink(status)) {
            file = fs::canonical(host, failed);
            if (!failed) status = fs::symlink_status(file, failed);
            // A folder that is linked to may hold the link.
            if (failed || !is_inside(file, root_) || !fs::is_regular_file(status)) return leave_out(guest);
        }
        if (fs::is_directory(status)) {
            if (Status s = to_.add_directory(guest); !s) return s;
            return folder(host, guest + "/");
        }
        if (!fs::is_regular_file(status)) return leave_out(guest);
        const u64 left = most_ - std::min(most_, to_.size());
        const u64 size = fs::file_size(file, failed);
        if (!failed && size > left)
            return error("its files are more than the {} of RAM; --ram gives the guest more", text::size(most_));
        Result<Bytes> bytes = read_file(file, left);
        if (!bytes) return bytes.error();
        return to_.add_file(guest, *bytes);
    }

    Status leave_out(const std::string& guest) {
        left_out.push_back(text::printable(guest));
        return Ok{};
    }

    Ustar& to_;
    fs::path root_;
    u64 most_;
    std::size_t count_ = 0;
};
}  // namespace

Status add_folder(Ustar& to, const fs::path& folder, u64 most, std::vector<std::string>& warnings) {
    std::error_code failed;
    const fs::path root = fs::canonical(folder, failed);
    if (failed) return error("{}", failed.message());
    if (!fs::is_directory(root, failed)) return error("it is not a folder");
    Copy copy(to, root, most);
    if (Status s = copy.folder(root, ""); !s) return s;
    if (!copy.left_out.empty())
        warnings.push_back(fmt::format("{} of {} left out, being no file of that folder: {}", copy.left_out.size(),
                                       shown(folder), fmt::join(copy.left_out, ", ")));
    return Ok{};
}
}  // namespace ring::session
