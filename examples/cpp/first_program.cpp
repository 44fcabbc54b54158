#include <iostream>
#include <smimezip.hpp>

int main() try {
    smz::keyring keys;
    keys.add_file("key.pem");
    const smz::archive archive(smz::set::discover("downloads"), keys);
    std::cout << archive.extract("out").summary().files << " files\n";
} catch (const smz::error &error) {
    std::cerr << error.what() << '\n';
    return 1;
}
