// Extracts what is whole of an export whose parts are damaged, cut or missing, the last one as
// well, and says what is not. What may be of an archive that is a file in the export goes to the
// second directory, which is not made if there is no such entry.
//
//   salvage PART-OR-FOLDER KEY.pem DIRECTORY UNCERTAIN-DIRECTORY
#include <iostream>
#include <smimezip.hpp>

namespace {

void list(const char *what, const smz::archive &archive) {
    for (const auto &entry : archive) {
        std::cout << what << ": " << entry.name() << '\n';
    }
}

void describe(const smz::report &report) {
    for (const auto &entry : report.unavailable()) {
        std::cout << entry.name() << " needs " << entry.parts().front() << '\n';
    }
    for (const auto &entry : report.failed()) {
        std::cout << "failed: " << entry.message() << '\n';
    }
    std::cout << report.summary().files << " files extracted\n";
}

} // namespace

int main(int argc, char **argv) try {
    if (argc != 5) {
        std::cerr << "usage: salvage PART-OR-FOLDER KEY.pem DIRECTORY UNCERTAIN-DIRECTORY\n";
        return 2;
    }
    smz::keyring keys;
    keys.add_file(argv[2]);
    const smz::salvage salvage(smz::set::discover(argv[1]), keys);
    for (const auto &name : salvage.missing()) {
        std::cout << "missing: " << name << '\n';
    }
    for (const auto &damage : salvage.damaged()) {
        std::cout << "damaged: " << damage.message() << '\n';
    }
    for (const auto &name : salvage.ambiguous()) {
        std::cout << "several entries: " << name << '\n';
    }
    for (const auto &entry : salvage.lost()) {
        std::cout << "lost: " << entry.message() << '\n';
    }
    if (!salvage.has_directory()) {
        std::cout << "no directory: there may be entries that nobody knows of\n";
    }
    list("found", salvage.archive());
    describe(salvage.extract(argv[3]));
    if (salvage.summary().uncertain > 0) {
        list("uncertain", salvage.uncertain());
        describe(salvage.extract_uncertain(argv[4]));
    }
    return 0;
} catch (const smz::error &error) {
    std::cerr << error.what() << '\n';
    return 1;
}
