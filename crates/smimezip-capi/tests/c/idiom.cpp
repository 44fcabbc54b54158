// What smimezip.hpp has for C++: paths, views, loops, what may be absent, facts of errors.
//
//   idiom SAMPLE_FOLDER VECTORS_FOLDER SCRATCH_FOLDER
#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <smimezip.hpp>
#include <string>
#include <vector>

#include "checks.hpp"

namespace {

namespace fs = std::filesystem;

const std::string stem = "export-2b710a2c-5d0e-4c53-9d0b-7f1f3a6c8e21";

#define FAILS(status, expression) fails(status, [&] { (void)(expression); }, __LINE__)

std::vector<std::uint8_t> read_file(const fs::path &path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

void versions() {
    CHECK(smz::version_number() == SMZ_VERSION_NUMBER);
    CHECK(smz::version_string() == "0.1.0");
}

void loops(const smz::archive &archive) {
    std::uint64_t count = 0;
    for (const auto &entry : archive) {
        CHECK(entry.index() == count++ && !entry.name().empty());
        CHECK(entry.path() && entry.is_supported() && entry.permissions() && entry.modified());
        CHECK(entry.is_file() != entry.is_folder());
    }
    CHECK(count == archive.size() && !archive.empty());
    const auto large = std::count_if(archive.begin(), archive.end(),
                                     [](const smz::entry &it) { return it.size() > 100000; });
    CHECK(large == 2);
    const auto found = archive.find("entities/Customer-7f1f3a6c.json");
    CHECK(found && found->size() == 105382 && found->compression_method() == 8);
    CHECK(found->compressed_size() < found->size() && found->crc32() != 0);
    CHECK(found->raw().size == found->size() && !found->modified_is_local());
    CHECK(!archive.find("none"));
    FAILS(SMZ_ERR_NOT_FOUND, archive.at("none"));
    FAILS(SMZ_ERR_INVALID_ARGUMENT, archive.at(std::string_view("a\0b", 3)));
    std::array<char, 65536> buffer;
    auto reader = archive.open(*found);
    std::uint64_t total = 0;
    while (const std::size_t read = reader.read(buffer)) {
        total += read;
    }
    CHECK(total == reader.size() && !reader.recipient());
    for (const auto &oddity : archive.oddities()) {
        CHECK(!oddity.code().empty());
    }
    smz::options options;
    options.filter([](const smz::entry &it) {
        return it.index() == SMZ_UNKNOWN && it.path() && it.name().find("2024") == it.name().npos;
    });
    CHECK(archive.verify(options).summary().files == 5);
}

void parts(const fs::path &sample, const smz::keyring &keys) {
    const smz::set set = smz::set::discover(sample / (stem + ".z02.smime"));
    std::uint64_t count = 0;
    for (const auto &part : set) {
        CHECK(part.is_present() && part.index() == count++ && part.size().value() > 1000);
        const auto message = set.open(part);
        for (const auto &recipient : message.recipients()) {
            CHECK(recipient.kind() == SMZ_RECIPIENT_KEY_TRANSPORT && recipient.issuer());
            CHECK(!recipient.text().empty() && recipient.serial_number()->size() > 0);
            CHECK(!recipient.subject_key_identifier() && !recipient.unsupported());
            CHECK(recipient.key_encryption_algorithm() == "RSAES-PKCS1-v1_5" && recipient.der());
        }
        CHECK(message.decrypt(keys).recipient() == 0);
    }
    CHECK(count == 4 && set.size() == 4 && !set.empty() && smz::set().empty());
    FAILS(SMZ_ERR_NOT_FOUND, set[4]);
}

void memory(const fs::path &sample, const smz::keyring &keys) {
    const auto sealed = read_file(sample / (stem + ".zip.smime"));
    const auto message = smz::message::open_memory(sealed);
    std::vector<std::uint8_t> content(message.decrypt(keys).size());
    auto reader = message.decrypt(keys);
    CHECK(reader.read_at(0, content) > 0);
    smz::options strict;
    strict.set(SMZ_OPTION_LIMIT_RECIPIENTS, 0);
    const auto error = FAILS(SMZ_ERR_LIMIT, smz::message::open_memory(sealed, strict));
    CHECK(error.limit() == SMZ_OPTION_LIMIT_RECIPIENTS && error.allowed() == 0);
    CHECK(!error.needed() && !error.available() && error.missing().empty());
    smz::keyring others;
    others.add_secret_key(std::string(16, 'k'), std::string("name"));
    const auto unmatched = FAILS(SMZ_ERR_NO_MATCHING_KEY, message.decrypt(others));
    CHECK(unmatched.recipients().size() == 1);
    strict.set(SMZ_OPTION_LIMIT_PRIVATE_KEYS, 0);
    const auto refused = FAILS(SMZ_ERR_LIMIT, others.add_file(sample / "key.pem", nullptr, strict));
    CHECK(refused.limit() == SMZ_OPTION_LIMIT_PRIVATE_KEYS);
}

void paths(const fs::path &sample, const smz::keyring &keys, const fs::path &scratch) {
    const fs::path folder = scratch / fs::path("Größe 大");
    fs::create_directory(folder);
    for (const char *kind : {".z01", ".z03", ".zip"}) {
        const std::string name = stem + kind + ".smime";
        fs::copy(sample / name, folder / name);
    }
    const auto set = smz::set::discover(folder);
    CHECK(set.size() == 4);
    const auto absent = std::find_if(set.begin(), set.end(),
                                     [](const smz::part &it) { return !it.is_present(); });
    CHECK((*absent).state() == SMZ_PART_MISSING && !(*absent).size());
    const auto error = FAILS(SMZ_ERR_MISSING_PART, smz::archive(set, keys));
    CHECK(error.missing() == std::vector<std::string>{stem + ".z02.smime"});
    fs::copy(sample / (stem + ".z02.smime"), folder);
    const smz::archive archive(smz::set::discover(folder), keys);
    CHECK(archive.extract(folder / "out").summary().files == 6);
    const auto text = archive.at("attachments/Übersicht, Größe.txt");
    archive.extract_entry(text, folder / "one");
    CHECK(fs::file_size(folder / "one" / fs::path(std::string(text.path().value()))) > 0);
    CHECK(std::distance(fs::directory_iterator(folder), {}) == 6);
    FAILS(SMZ_ERR_INVALID_ARGUMENT, smz::set::discover(std::string("a\0b", 3)));
    smz::options keep;
    keep.set(SMZ_OPTION_OVERWRITE, SMZ_OVERWRITE_SKIP);
    std::size_t skipped = 0;
    const auto report = archive.extract(folder / "out", keep);
    for (const auto &it : report.skipped()) {
        CHECK(it.reason() == SMZ_SKIPPED_EXISTS && !it.name().empty());
        ++skipped;
    }
    CHECK(skipped == 6 && report.failed().empty() && report.renamed().size() == 0);
    CHECK(report.oddities().empty());
}

} // namespace

int main(int argc, char **argv) {
    CHECK(argc == 4);
    const fs::path sample = argv[1], scratch = argv[3];
    smz::keyring keys;
    keys.add_file(sample / "key.pem");
    versions();
    loops(smz::archive(smz::set::discover(sample), keys));
    parts(sample, keys);
    memory(sample, keys);
    paths(sample, keys, scratch);
    std::cout << checks << " checks\n";
    return 0;
}
