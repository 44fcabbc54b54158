// Decrypts one message to a file: what `openssl smime -decrypt` does, at any size.
//
//   decrypt MESSAGE KEY.pem OUT
#include <iostream>
#include <smimezip.hpp>
#include <string>

int main(int argc, char **argv) try {
    if (argc != 4) {
        std::cerr << "usage: decrypt MESSAGE KEY.pem OUT\n";
        return 2;
    }
    smz::keyring keys;
    keys.add_file(argv[2]);
    const auto message = smz::message::open(argv[1]);
    const smz_message_info info = message.info();
    std::cout << info.container << ", " << info.content_encryption_algorithm << '\n';
    message.decrypt_to_file(keys, argv[3]);
    return 0;
} catch (const smz::error &error) {
    std::cerr << error.what() << '\n';
    // What is wrong is there as data, too, not only as a sentence.
    for (const std::string &recipient : error.recipients()) {
        std::cerr << "the message is for " << recipient << '\n';
    }
    return 1;
}
