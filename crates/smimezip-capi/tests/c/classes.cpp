// What smimezip.hpp promises: RAII, exceptions with their places, callbacks that throw, streams.
//
//   classes SAMPLE_FOLDER VECTORS_FOLDER SCRATCH_FOLDER
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <smimezip.hpp>
#include <string>

#include "checks.hpp"

namespace {

struct oops {};

class memory : public smz::source {
public:
    memory(std::string data, int &alive) : data_(std::move(data)), alive_(alive) { ++alive_; }
    ~memory() override { --alive_; }
    std::size_t read_at(std::uint64_t offset, std::uint8_t *buf, std::size_t len) override {
        if (offset >= data_.size()) {
            return 0;
        }
        return data_.copy(reinterpret_cast<char *>(buf), len, offset);
    }
    std::uint64_t size() override { return data_.size(); }

private:
    std::string data_;
    int &alive_;
};

bool failing;

class memory_that_may_fail : public memory {
public:
    using memory::memory;
    std::size_t read_at(std::uint64_t offset, std::uint8_t *buf, std::size_t len) override {
        if (failing) {
            throw oops();
        }
        return memory::read_at(offset, buf, len);
    }
};

class broken : public smz::source {
    std::size_t read_at(std::uint64_t, std::uint8_t *, std::size_t) override { throw oops(); }
    std::uint64_t size() override { return 1000; }
};

std::string read_file(const std::string &path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

} // namespace

int main(int argc, char **argv) {
    CHECK(argc == 4);
    const std::string sample = argv[1], vectors = argv[2], scratch = argv[3];
    const std::string stem = "export-2b710a2c-5d0e-4c53-9d0b-7f1f3a6c8e21";

    smz::keyring keys;
    keys.add_file(sample + "/key.pem");
    CHECK(keys.key_count() == 1);
    const std::string encrypted = vectors + "/../keys/main.pbes2-aes256.pem";
    smz::keyring others;
    fails(SMZ_ERR_PASSPHRASE, [&] { others.add_file(encrypted); }, __LINE__);
    others.add_file(encrypted, [](std::string_view) { return std::string("correct"); });
    const auto correct = [](std::string_view) { return std::string("correct"); };
    others.add_memory(read_file(encrypted), correct);
    bool thrown = false;
    try {
        others.add_file(encrypted,
                        [](std::string_view) -> std::optional<std::string> { throw oops(); });
    } catch (const oops &) {
        thrown = true;
    }
    CHECK(thrown && others.key_count() == 2);

    smz::keyring known;
    known.add_password("wrong").add_password("secret").add_secret_key(std::string(16, 'x'));
    CHECK(known.key_count() == 0);
    const auto pwri = smz::message::open(vectors + "/../envelopes/openssl-pwri-aes-256-cbc");
    CHECK(pwri.decrypt(known).size() > 0);
    fails(SMZ_ERR_BAD_KEY, [&] { known.add_secret_key(std::string("x")); }, __LINE__);

    const auto error = fails(SMZ_ERR_IO, [&] { smz::message::open(scratch + "/none"); }, __LINE__);
    CHECK(error.os_error() == ENOENT && error.part().find("none") != std::string::npos);
    CHECK(std::string(error.what()).find("none") != std::string::npos && !error.offset());

    const auto message = smz::message::open(sample + "/" + stem + ".zip.smime");
    CHECK(message.info().recipient_count == 1 && message.recipients()[0].issuer());
    auto content = message.decrypt(keys);
    std::string bytes(content.size(), '\0');
    for (std::size_t at = 0; at < bytes.size();) {
        at += content.read({&bytes[at], bytes.size() - at});
    }
    char end[2];
    const smz::buffer to_end(end, 2);
    CHECK(content.read(to_end) == 0 && content.read_at(bytes.size() - 22, to_end) == 2);
    CHECK(end[0] == 'P' && content.recipient() == 0);
    CHECK(content.seek(-22, std::ios::end) == bytes.size() - 22);
    CHECK(content.seek(2, std::ios::cur) == bytes.size() - 20 && content.seek(7) == 7);
    fails(SMZ_ERR_NO_MATCHING_KEY, [&] { message.decrypt(smz::keyring()); }, __LINE__);
    message.decrypt_to_file(keys, scratch + "/part.zip");
    CHECK(read_file(scratch + "/part.zip") == bytes);

    smz::decoder decoder(keys);
    const std::string sealed = read_file(sample + "/" + stem + ".zip.smime");
    std::string decoded, buffer(1000, '\0');
    for (std::size_t at = 0; at < sealed.size();) {
        const auto done = decoder.process({&sealed[at], sealed.size() - at}, buffer);
        at += done.consumed;
        decoded.append(buffer, 0, done.produced);
    }
    while (const std::size_t count = decoder.finish(buffer)) {
        decoded.append(buffer, 0, count);
    }
    CHECK(decoded == bytes);

    int alive = 0;
    {
        smz::set set;
        for (const char *kind : {".z01", ".z02", ".z03", ".zip"}) {
            const std::string name = stem + kind + ".smime";
            set.add(name, std::make_unique<memory>(read_file(sample + "/" + name), alive));
        }
        CHECK(set.size() == 4 && set[3].number() == 0);
        const smz::archive archive(set, keys);
        smz::istream entry(archive.open(archive.at("attachments/Übersicht, Größe.txt")));
        std::string line;
        CHECK(std::getline(entry, line) && line == "Grüße aus dem Export");
        CHECK(!std::getline(entry, line) && entry.eof());
        CHECK(alive == 4);
    }
    CHECK(alive == 0);
    thrown = false;
    try {
        smz::message::open(std::make_unique<broken>());
    } catch (const oops &) {
        thrown = true;
    }
    CHECK(thrown);
    {
        // What goes wrong under a stream comes out of it.
        const auto unreliable =
            smz::message::open(std::make_unique<memory_that_may_fail>(sealed, alive));
        smz::istream stream(unreliable.decrypt(keys));
        failing = true;
        thrown = false;
        try {
            stream.get();
        } catch (const oops &) {
            thrown = true;
        }
        CHECK(thrown && stream.bad());
        failing = false;
    }
    smz::set found = smz::set::discover(sample);
    fails(
        SMZ_ERR_INVALID_ARGUMENT,
        [&] { found.add(stem + ".z01", std::make_unique<memory>("", alive)); }, __LINE__);
    smz::set mixed;
    mixed.add(stem + ".z01", std::make_unique<memory>("", alive));
    fails(
        SMZ_ERR_FORMAT, [&] { mixed.add("notes.txt", std::make_unique<memory>("", alive)); },
        __LINE__);
    CHECK(alive == 1);

    const smz::archive archive(smz::set::discover(sample), keys);
    CHECK(archive.size() == 13 && !archive[0].name().empty() && archive[0].index() == 0);
    CHECK(archive.verify().summary().files == 6 && !archive.verify().is_partial());
    smz::options options;
    options.set(SMZ_OPTION_INCLUDE, "entities/**").set(SMZ_OPTION_DURABLE, 0);
    CHECK(archive.dry_run(scratch + "/tree", options).summary().files == 2);
    CHECK(archive.extract(scratch + "/tree", options).summary().files == 2);
    CHECK(archive.open(archive[0]).integrity() == SMZ_INTEGRITY_CHECKSUMMED);
    options.set(SMZ_OPTION_OVERWRITE, SMZ_OVERWRITE_SKIP);
    const auto report = archive.extract(scratch + "/tree", options);
    CHECK(report.summary().skipped == 2 && report.skipped()[1].reason() == SMZ_SKIPPED_EXISTS);
    fails(SMZ_ERR_NOT_FOUND, [&] { report.failed()[0]; }, __LINE__);
    archive.extract_entry(archive.at("entities/Customer-7f1f3a6c.json"), scratch + "/one");

    smz::options stopping;
    stopping.on_progress([](const smz_progress &) { return false; });
    fails(SMZ_ERR_CANCELLED, [&] { archive.extract(scratch + "/two", stopping); }, __LINE__);
    for (int callback = 0; callback < 2; ++callback) {
        smz::options throwing;
        if (callback == 0) {
            throwing.on_progress([](const smz_progress &) -> bool { throw oops(); });
        } else {
            throwing.filter([](const smz::entry &) -> bool { throw oops(); });
        }
        thrown = false;
        try {
            archive.verify(throwing);
        } catch (const oops &) {
            thrown = true;
        }
        CHECK(thrown);
    }
    const smz::cancel cancel;
    smz::options cancelled;
    cancelled.cancelled_by(cancel);
    cancel.trigger();
    fails(SMZ_ERR_CANCELLED, [&] { archive.verify(cancelled); }, __LINE__);

    smz::archive moved = smz::archive(smz::set::discover(sample), keys);
    smz::archive target = std::move(moved);
    CHECK(target.size() == 13);
    std::cout << checks << " checks\n";
    return 0;
}
