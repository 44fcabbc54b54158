// Makes an export of a folder: zipped, cut into parts of SIZE bytes, each sealed for the owner of a
// certificate. All parts are in the outbox afterwards, or none.
//
//   seal_folder FOLDER CERTIFICATE.pem OUTBOX [SIZE]
#include <cstdint>
#include <iostream>
#include <smimezip.hpp>
#include <string>

int main(int argc, char **argv) try {
    if (argc < 4 || argc > 5) {
        std::cerr << "usage: seal_folder FOLDER CERTIFICATE.pem OUTBOX [SIZE]\n";
        return 2;
    }
    smz::recipients whom;
    whom.add_certificate_file(argv[2]);
    smz::export_builder builder(whom);
    builder.set(SMZ_BUILD_OPTION_PART_SIZE, argc == 5 ? std::stoull(argv[4]) : 500u << 20);

    smz::options options;
    options.on_progress([](const smz_progress &now) {
        if (now.phase == SMZ_PHASE_WRITING) {
            std::cerr << '\r' << now.bytes_done << " of " << now.bytes_total << " bytes";
        }
        return true;
    });
    const smz::receipt receipt = builder.build_folder(argv[1], argv[3], options);
    std::cerr << '\n';
    for (const auto &part : receipt.parts()) {
        std::cout << part.size() << ' ' << part.name() << '\n';
    }
    const smz_receipt_summary summary = receipt.summary();
    std::cout << summary.files << " files, " << summary.bytes << " bytes\n";
    return 0;
} catch (const std::exception &error) {
    std::cerr << '\n' << error.what() << '\n';
    return 1;
}
