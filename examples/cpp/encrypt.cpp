// Seals a file as one message: what `openssl smime -encrypt` does, at any size.
//
//   encrypt FILE CERTIFICATE.pem OUT
#include <fstream>
#include <iostream>
#include <smimezip.hpp>

int main(int argc, char **argv) try {
    if (argc != 4) {
        std::cerr << "usage: encrypt FILE CERTIFICATE.pem OUT\n";
        return 2;
    }
    smz::recipients whom;
    whom.add_certificate_file(argv[2]);
    std::ifstream from(argv[1], std::ios::binary);
    std::ofstream to(argv[3], std::ios::binary);
    if (!from || !to) {
        std::cerr << "cannot open " << (from ? argv[3] : argv[1]) << '\n';
        return 1;
    }
    smz::sealed_ostream message(smz::sealer(whom), to);
    char buffer[65536];
    while (from.read(buffer, sizeof buffer), from.gcount() > 0) {
        message.write(buffer, from.gcount());
    }
    if (from.bad()) {
        std::cerr << "cannot read " << argv[1] << '\n';
        return 1; // without finish() the message is cut off, which every reader sees
    }
    message.finish();
    to.close();
    return to ? 0 : 1;
} catch (const std::exception &error) {
    std::cerr << error.what() << '\n';
    return 1;
}
