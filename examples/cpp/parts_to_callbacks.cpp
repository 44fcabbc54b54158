// Writes rows, as a query returns them, into an export whose parts your program takes, as for an
// upload: nobody knows beforehand how many rows there will be, and no file of them is on the disk.
// Whatever a sink throws comes out of the call that led to it.
//
//   parts_to_callbacks COUNT CERTIFICATE.pem STORE
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <smimezip.hpp>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace {

namespace fs = std::filesystem;

// Stands for one upload.
class upload : public smz::part_output {
public:
    explicit upload(fs::path path) : path_(std::move(path)) {
        file_.exceptions(std::ios::badbit | std::ios::failbit);
        file_.open(path_, std::ios::binary);
    }
    void write(smz::bytes data) override {
        file_.write(reinterpret_cast<const char *>(data.data()),
                    static_cast<std::streamsize>(data.size()));
    }
    void finish() override { file_.close(); }
    void drop() noexcept override {
        std::error_code ignored;
        file_.exceptions(std::ios::goodbit);
        file_.close();
        fs::remove(path_, ignored);
    }

private:
    fs::path path_;
    std::ofstream file_;
};

// Stands for a store that objects are uploaded to: a folder, where parts are under names of their
// own until all of them are there.
class store : public smz::part_sink {
public:
    explicit store(fs::path folder) : folder_(std::move(folder)) {}

    std::unique_ptr<smz::part_output> begin(std::string_view name) override {
        const fs::path path = unfinished(name);
        begun_.push_back(path);
        return std::make_unique<upload>(path);
    }
    // All parts are there: they get their names, the last part last, for which others wait.
    void commit(const std::vector<smz::part_receipt> &parts) override {
        for (const auto &part : parts) {
            const fs::path path = folder_ / std::string(part.name());
            fs::rename(unfinished(part.begun_as()), path);
            begun_.push_back(path);
            std::cout << part.size() << ' ' << part.name() << '\n';
        }
    }
    // Nothing comes of it: no part is wanted, whatever its name is by now.
    void abort() noexcept override {
        std::error_code ignored;
        for (const auto &path : begun_) {
            fs::remove(path, ignored);
        }
    }

private:
    fs::path unfinished(std::string_view name) const {
        return folder_ / ("unfinished-" + std::string(name));
    }

    fs::path folder_;
    std::vector<fs::path> begun_;
};

} // namespace

int main(int argc, char **argv) try {
    if (argc != 4) {
        std::cerr << "usage: parts_to_callbacks COUNT CERTIFICATE.pem STORE\n";
        return 2;
    }
    const std::uint64_t count = std::stoull(argv[1]);
    smz::recipients whom;
    whom.add_certificate_file(argv[2]);
    smz::export_builder builder(whom);
    builder.set(SMZ_BUILD_OPTION_PART_SIZE, 65536);

    // Destroyed before finish(), by an exception for example, it takes everything back.
    smz::export_writer writer(builder, std::make_unique<store>(argv[3]));
    smz::entry_ostream rows(writer, "entities/customers.csv");
    for (std::uint64_t id = 1; id <= count; ++id) {
        rows << id << ",customer " << id << '\n';
    }
    rows.finish();
    writer.finish();
    return 0;
} catch (const std::exception &error) {
    std::cerr << error.what() << '\n';
    return 1;
}
