// Writes one entry of an export to standard output; only its ranges are decrypted.
//
//   one_entry ANY_PART KEY.pem NAME
#include <array>
#include <iostream>
#include <smimezip.hpp>

int main(int argc, char **argv) try {
    if (argc != 4) {
        std::cerr << "usage: one_entry ANY_PART KEY.pem NAME\n";
        return 2;
    }
    smz::keyring keys;
    keys.add_file(argv[2]);
    const smz::archive archive(smz::set::discover(argv[1]), keys);
    const auto found = archive.find(argv[3]);
    if (!found) {
        std::cerr << "there is no entry " << argv[3] << '\n';
        return 1;
    }
    smz::reader entry = archive.open(*found);
    std::array<char, 65536> buffer;
    // 0 comes after size and CRC-32 were found to be as they should be.
    while (const std::size_t count = entry.read(buffer)) {
        std::cout.write(buffer.data(), static_cast<std::streamsize>(count));
    }
    return 0;
} catch (const smz::error &error) {
    std::cerr << error.what() << '\n';
    return 1;
}
