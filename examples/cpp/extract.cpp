// Extracts an export with progress, then shows the first line of its first file as a std::istream.
//
//   extract ANY_PART KEY.pem DIRECTORY
#include <algorithm>
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
    for (const auto &entry : report.skipped()) {
        std::cout << "left out: " << entry.name() << '\n';
    }

    const auto is_file = [](const smz::entry &entry) { return entry.is_file(); };
    const auto file = std::find_if(archive.begin(), archive.end(), is_file);
    if (file != archive.end()) {
        smz::istream text(archive.open(*file));
        std::string line;
        std::getline(text, line);
        std::cout << (*file).name() << ": " << line.substr(0, 60) << '\n';
    }
    return 0;
} catch (const smz::error &error) {
    std::cerr << '\n' << error.what() << " (" << error.code() << ")\n";
    for (const std::string &part : error.missing()) {
        std::cerr << "missing: " << part << '\n';
    }
    return 1;
}
