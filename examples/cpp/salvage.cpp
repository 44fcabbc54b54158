// Extracts what is whole of an export whose parts are damaged, cut or missing, the last one as
// well, and says what is not.
//
//   salvage PART-OR-FOLDER KEY.pem DIRECTORY
#include <iostream>
#include <smimezip.hpp>

int main(int argc, char **argv) try {
    if (argc != 4) {
        std::cerr << "usage: salvage PART-OR-FOLDER KEY.pem DIRECTORY\n";
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
    const smz::archive archive = salvage.archive();
    for (const auto &entry : archive) {
        std::cout << "found: " << entry.name() << '\n';
    }
    const smz::report report = salvage.extract(argv[3]);
    for (const auto &entry : report.unavailable()) {
        std::cout << entry.name() << " needs " << entry.parts().front() << '\n';
    }
    for (const auto &entry : report.failed()) {
        std::cout << "failed: " << entry.message() << '\n';
    }
    std::cout << report.summary().files << " files extracted\n";
    return 0;
} catch (const smz::error &error) {
    std::cerr << error.what() << '\n';
    return 1;
}
