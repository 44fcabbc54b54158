// Extracts an export with progress, then shows one entry as a std::istream.
//
//   extract ANY_PART KEY.pem DIRECTORY
#include <iostream>
#include <smimezip.hpp>
#include <string>

int main(int argc, char **argv) try {
    if (argc != 4) {
        std::cerr << "usage: extract ANY_PART KEY.pem DIRECTORY\n";
        return 2;
    }
    smz::keyring keys;
    keys.add_file(argv[2]);
    const smz::archive archive(smz::set::discover(argv[1]), keys);

    smz::options options;
    options.on_progress([](const smz_progress &progress) {
        std::cerr << '\r' << progress.bytes_done << " of " << progress.bytes_total << " bytes";
        return true;
    });
    const smz::report report = archive.extract(argv[3], options);
    const smz_summary summary = report.summary();
    std::cout << summary.files << " files, " << summary.bytes << " bytes\n";

    for (std::uint64_t index = 0; index < archive.size(); ++index) {
        if (archive[index].kind == SMZ_ENTRY_FILE) {
            smz::istream entry(archive.open(index));
            std::string line;
            std::getline(entry, line);
            std::cout << archive[index].name << ": " << line.substr(0, 60) << '\n';
            break;
        }
    }
    return 0;
} catch (const smz::error &error) {
    std::cerr << '\n' << error.what() << " (" << smz_status_name(error.status()) << ")\n";
    return 1;
}
