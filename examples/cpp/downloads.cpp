// Says what is in a download folder, and extracts what can be had of it: complete exports whole, of
// others the entries that lie in the parts that are there.
//
//   downloads FOLDER KEY.pem DIRECTORY
#include <filesystem>
#include <iostream>
#include <smimezip.hpp>
#include <string>

namespace {

void describe(const smz::set_status &status) {
    std::cout << status.name() << ": " << status.verdict_code() << ", " << status.parts().size();
    if (const auto total = status.total()) {
        std::cout << " of " << *total;
    }
    const bool fits = status.key_fits().value_or(true);
    std::cout << " parts, " << status.bytes() << (fits ? " bytes\n" : " bytes, no key fits\n");
    for (const auto &name : status.missing()) {
        std::cout << "  missing " << name << '\n';
    }
    for (const auto &name : status.unfinished()) {
        std::cout << "  still downloading " << name << '\n';
    }
    for (const auto &name : status.conflicting()) {
        std::cout << "  conflicting " << name << '\n';
    }
    for (const auto &name : status.duplicates()) {
        std::cout << "  duplicate " << name << '\n';
    }
    for (const auto &name : status.stand_ins()) {
        std::cout << "  taken for the original " << name << '\n';
    }
    if (const auto damage = status.damage()) {
        std::cout << "  damaged: " << damage->message() << '\n';
    }
}

} // namespace

int main(int argc, char **argv) try {
    if (argc != 4) {
        std::cerr << "usage: downloads FOLDER KEY.pem DIRECTORY\n";
        return 2;
    }
    smz::keyring keys;
    keys.add_file(argv[2]);
    smz::options options;
    options.set(SMZ_OPTION_INCOMPLETE, 1).set(SMZ_OPTION_AVAILABLE, 1);

    int code = 0;
    const auto list = smz::set_list::discover(argv[1]);
    const auto statuses = list.find_statuses(keys, options);
    for (std::uint64_t index = 0; index < list.size(); ++index) {
        describe(statuses[index]);
        try {
            const smz::set set = list[index];
            const smz::archive archive(set, keys, options);
            // To a folder of the set's name.
            const auto directory = std::filesystem::path(argv[3]) / set.name();
            const auto report = archive.extract(directory, options);
            std::cout << "  " << report.summary().files << " files extracted\n";
            for (const auto &entry : report.unavailable()) {
                std::cout << "  " << entry.name() << " needs " << entry.parts().front() << '\n';
            }
        } catch (const smz::error &error) {
            std::cerr << error.what() << '\n';
            code = 1;
        }
    }
    return code;
} catch (const smz::error &error) {
    std::cerr << error.what() << '\n';
    return 1;
}
