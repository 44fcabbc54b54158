// Lists an export whose parts your program serves, as from an object store, and counts the bytes
// asked for. Whatever a source throws comes out of the call that needed them.
//
//   parts_from_callbacks KEY.pem PART...
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <smimezip.hpp>
#include <stdexcept>
#include <string>

namespace {

std::uint64_t served;

// Stands for an object of a store, which can be read by ranges.
class object : public smz::source {
public:
    explicit object(const std::filesystem::path &path)
        : file_(path, std::ios::binary | std::ios::ate) {
        if (!file_) {
            throw std::runtime_error("cannot open " + path.string());
        }
        size_ = static_cast<std::uint64_t>(file_.tellg());
    }

    std::size_t read_at(std::uint64_t offset, std::uint8_t *buf, std::size_t len) override {
        file_.clear();
        file_.seekg(static_cast<std::streamoff>(offset));
        file_.read(reinterpret_cast<char *>(buf), static_cast<std::streamsize>(len));
        if (file_.bad()) {
            throw std::runtime_error("cannot read an object");
        }
        const auto count = static_cast<std::size_t>(file_.gcount());
        served += count;
        return count;
    }

    std::uint64_t size() override { return size_; }

private:
    std::ifstream file_;
    std::uint64_t size_ = 0;
};

} // namespace

int main(int argc, char **argv) try {
    if (argc < 3) {
        std::cerr << "usage: parts_from_callbacks KEY.pem PART...\n";
        return 2;
    }
    smz::keyring keys;
    keys.add_file(argv[1]);
    smz::set set;
    for (int part = 2; part < argc; ++part) {
        const std::filesystem::path path = argv[part];
        set.add(path.filename().string(), std::make_unique<object>(path));
    }
    const smz::archive archive(set, keys);
    for (const auto &entry : archive) {
        std::cout << entry.size() << ' ' << entry.name() << '\n';
    }
    std::cerr << served << " bytes served\n";
    return 0;
} catch (const std::exception &error) {
    std::cerr << error.what() << '\n';
    return 1;
}
