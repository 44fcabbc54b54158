// What smimezip.hpp promises of making: recipients, messages as streams, exports of folders and of
// entries, what was moved from.
//
//   making SAMPLE_FOLDER VECTORS_FOLDER SCRATCH_FOLDER
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <smimezip.hpp>
#include <sstream>
#include <string>
#include <type_traits>
#include <vector>

#include "checks.hpp"

namespace {

namespace fs = std::filesystem;

#define FAILS(status, expression) fails(status, [&] { (void)(expression); }, __LINE__)

std::string read_file(const fs::path &path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::string opened(const std::string &sealed, const smz::keyring &keys) {
    const auto message = smz::message::open_memory(sealed);
    auto reader = message.decrypt(keys);
    std::string content(reader.size(), '\0');
    for (std::size_t at = 0; at < content.size();) {
        const std::size_t count = reader.read({&content[at], content.size() - at});
        CHECK(count > 0);
        at += count;
    }
    return content;
}

void of_recipients(const fs::path &certificate, const smz::keyring &keys) {
    const std::string secret(16, 'k'), name = "name";
    smz::recipients whom;
    CHECK(whom.empty());
    whom.add_certificate_file(certificate)
        .add_certificate_memory(read_file(certificate))
        .add_password("correct horse", 1000)
        .add_secret_key(secret, name);
    CHECK(whom.size() == 4 && !whom.empty() && whom[0] == whom[1]);
    std::uint64_t count = 0;
    for (const auto &text : whom) {
        CHECK(text == whom[count++] && !text.empty());
    }
    CHECK(count == 4);
    FAILS(SMZ_ERR_NOT_FOUND, whom[4]);
    FAILS(SMZ_ERR_INVALID_ARGUMENT, whom.add_password(""));
    FAILS(SMZ_ERR_BAD_KEY, whom.add_secret_key(std::string("short"), name));
    FAILS(SMZ_ERR_BAD_KEY, whom.add_certificate_memory(std::string("no certificate")));
    CHECK(FAILS(SMZ_ERR_IO, whom.add_certificate_file("none")).os_error() == ENOENT);
    const auto late = std::chrono::system_clock::now() + std::chrono::hours(24 * 365 * 200);
    const auto old = smz::certificate_options().valid_at(late);
    const auto error =
        FAILS(SMZ_ERR_UNSUITABLE_CERTIFICATE, whom.add_certificate_file(certificate, old));
    CHECK(!error.names(SMZ_ERROR_PROBLEM).empty() && whom.size() == 4);

    smz::recipients another_way;
    another_way.add_certificate_file(certificate, smz::certificate_options()
                                                      .at_any_time()
                                                      .valid_at(late)
                                                      .key_transport(SMZ_KEY_TRANSPORT_OAEP_SHA256));
    std::ostringstream out;
    smz::sealed_ostream stream(smz::sealer(another_way), out);
    stream << "hello";
    stream.finish();
    const std::string sealed = out.str();
    const auto message = smz::message::open_memory(sealed);
    const auto algorithm = message.recipients()[0].key_encryption_algorithm();
    CHECK(algorithm && algorithm->find("OAEP") != algorithm->npos);
    CHECK(opened(sealed, keys) == "hello");
    FAILS(SMZ_ERR_INVALID_ARGUMENT,
          another_way.add_certificate_file(certificate,
                                           smz::certificate_options().key_transport(99)));
    smz::keyring of_secret, of_password;
    of_secret.add_secret_key(secret, name);
    of_password.add_password("correct horse");
    std::ostringstream for_all;
    smz::sealed_ostream to_all(smz::sealer(whom), for_all);
    to_all << "for all of them";
    to_all.finish();
    CHECK(opened(for_all.str(), keys) == "for all of them");
    CHECK(opened(for_all.str(), of_secret) == "for all of them");
    CHECK(opened(for_all.str(), of_password) == "for all of them");
    // By its key identifier, for certificates that have one.
    smz::recipients by_identifier;
    by_identifier.add_certificate_file(certificate, smz::certificate_options().by_key_identifier());
    CHECK(by_identifier.size() == 1);
    std::ostringstream identified;
    smz::sealed_ostream to_identified(smz::sealer(by_identifier), identified);
    to_identified << "hello";
    to_identified.finish();
    const std::string named = identified.str();
    CHECK(smz::message::open_memory(named).recipients()[0].subject_key_identifier().has_value());
}

void of_a_sealer(const smz::recipients &whom, const smz::keyring &keys) {
    const std::string content = noise(100000);
    smz::seal_options options;
    options.set(SMZ_SEAL_OPTION_CIPHER, SMZ_CIPHER_AES_256_GCM)
        .set(SMZ_SEAL_OPTION_CONTAINER, SMZ_CONTAINER_BINARY)
        .set(SMZ_SEAL_OPTION_KNOWN_SIZE, content.size());
    FAILS(SMZ_ERR_INVALID_ARGUMENT, options.set(SMZ_SEAL_OPTION_CIPHER, 99));
    FAILS(SMZ_ERR_INVALID_ARGUMENT, smz::sealer(smz::recipients()));
    smz::sealer sealer(whom, options);
    std::string sealed, room(1000, '\0');
    for (std::size_t at = 0; at < content.size();) {
        const auto done = sealer.process({&content[at], content.size() - at}, room);
        at += done.consumed;
        sealed.append(room, 0, done.produced);
    }
    while (const std::size_t count = sealer.finish(room)) {
        sealed.append(room, 0, count);
    }
    CHECK(opened(sealed, keys) == content && sealed.size() < content.size() + 1000);
    FAILS(SMZ_ERR_INVALID_ARGUMENT, sealer.process(content, room).consumed);
}

/** Counts what it is given, and refuses to take more than that. */
class narrow : public std::stringbuf {
public:
    explicit narrow(std::streamsize room) : left_(room) {}

private:
    std::streamsize xsputn(const char *data, std::streamsize size) override {
        const auto taken = std::min(size, left_);
        left_ -= taken;
        return std::stringbuf::xsputn(data, taken);
    }

    std::streamsize left_;
};

struct oops {
    int call;
};

void of_sealed_streams(const smz::recipients &whom, const smz::keyring &keys) {
    static_assert(std::is_base_of<std::ostream, smz::sealed_ostream>::value, "");
    static_assert(!std::is_copy_constructible<smz::sealed_ostream>::value, "");
    const std::string content = noise(300000);
    std::ostringstream out;
    {
        smz::sealed_ostream stream(smz::sealer(whom), out);
        stream.write(content.data(), 200000).put(content[200000]) << std::flush;
        CHECK(out.str().size() > 100000); // it need not wait for the end
        stream << std::string_view(content).substr(200001);
        stream.finish();
        stream.finish(); // once more is no harm
        stream << std::flush;
        FAILS(SMZ_ERR_INVALID_ARGUMENT, stream << "more");
        CHECK(stream.bad());
    }
    CHECK(opened(out.str(), keys) == content);
    std::ostringstream nothing;
    smz::sealed_ostream empty(smz::sealer(whom), nothing);
    empty.finish();
    CHECK(opened(nothing.str(), keys).empty());
    // Destroyed without finish(), it is a message that is cut off.
    std::ostringstream cut;
    { smz::sealed_ostream(smz::sealer(whom), cut) << content << std::flush; }
    CHECK(cut.str().size() > content.size());
    FAILS(SMZ_ERR_CORRUPT, opened(cut.str(), keys));
    // A stream that takes no more.
    narrow buffer(200000);
    std::ostream to(&buffer);
    smz::sealed_ostream into(smz::sealer(whom), to);
    FAILS(SMZ_ERR_IO, into << content);
    FAILS(SMZ_ERR_IO, into.finish());
    // One that throws by itself.
    narrow other(200000);
    std::ostream thrower(&other);
    thrower.exceptions(std::ios::badbit);
    smz::sealed_ostream onto(smz::sealer(whom), thrower);
    bool thrown = false;
    try {
        onto << content;
    } catch (const std::ios_base::failure &) {
        thrown = true;
    }
    CHECK(thrown);
    smz::seal_options known;
    known.set(SMZ_SEAL_OPTION_KNOWN_SIZE, 5);
    std::ostringstream short_one;
    smz::sealed_ostream four(smz::sealer(whom, known), short_one);
    four << "four";
    FAILS(SMZ_ERR_INVALID_ARGUMENT, four.finish());
}

void of_outputs_that_throw(const smz::recipients &whom, const smz::keyring &keys) {
    const std::string content = noise(300000);
    FAILS(SMZ_ERR_INVALID_ARGUMENT,
          smz::sealed_ostream(smz::sealer(whom), smz::sealed_ostream::output()).finish());
    int failed = 0;
    for (int at = 1;; ++at) {
        std::string sealed;
        int calls = 0;
        smz::sealed_ostream stream(smz::sealer(whom), [&](smz::bytes some) {
            if (++calls == at) {
                throw oops{calls};
            }
            sealed.append(reinterpret_cast<const char *>(some.data()), some.size());
        });
        try {
            stream << content;
            stream.finish();
            CHECK(opened(sealed, keys) == content);
            break;
        } catch (const oops &it) {
            CHECK(it.call == at && ++failed == at);
        }
        // It stays what it was: nobody gets a message with a hole in it.
        try {
            stream.finish();
            CHECK(false);
        } catch (const oops &it) {
            CHECK(it.call == at && calls == at);
        }
    }
    CHECK(failed > 4);
}

void of_a_builder(const fs::path &sample, const smz::recipients &whom, const smz::keyring &keys,
                  const fs::path &scratch) {
    const fs::path tree = scratch / "tree", outbox = scratch / "outbox";
    smz::archive(smz::set::discover(sample), keys).extract(tree);
    smz::export_builder builder(whom);
    CHECK(builder.name().rfind("export-", 0) == 0);
    builder.name("export-1").set(SMZ_BUILD_OPTION_PART_SIZE, 65536);
    smz::seal_options sealing;
    sealing.set(SMZ_SEAL_OPTION_CIPHER, SMZ_CIPHER_AES_128_GCM);
    builder.seal_with(sealing).set(SMZ_BUILD_OPTION_MANIFEST, SMZ_MANIFEST_PARTS);
    CHECK(builder.name() == "export-1");
    FAILS(SMZ_ERR_INVALID_ARGUMENT, builder.name(""));
    FAILS(SMZ_ERR_INVALID_ARGUMENT, builder.set(SMZ_BUILD_OPTION_LEVEL, 10));
    FAILS(SMZ_ERR_INVALID_ARGUMENT, smz::export_builder(smz::recipients()));
    smz::options options;
    std::uint64_t reported = 0;
    options.on_progress([&](const smz_progress &) { return ++reported > 0; });
    const smz::receipt receipt = builder.build_folder(tree, outbox, options);
    const auto summary = receipt.summary();
    CHECK(summary.files == 6 && summary.bytes == 407455 && summary.parts > 2 && reported > 0);
    std::uint64_t bytes = 0;
    for (const auto &part : receipt.parts()) {
        CHECK(fs::file_size(outbox / std::string(part.name())) == part.size());
        CHECK(part.sha256().size() == 32);
        bytes += part.size();
    }
    const auto last = receipt.parts()[summary.parts - 1];
    CHECK(last.name() == "export-1.zip.smime" && !last.begun_as().empty());
    CHECK(bytes == summary.sealed_bytes && receipt.skipped().empty());
    CHECK(receipt.needs().empty());
    FAILS(SMZ_ERR_NOT_FOUND, receipt.needs()[0]);
    FAILS(SMZ_ERR_NOT_FOUND, receipt.parts()[summary.parts]);
    CHECK(read_file(outbox / "export-1.manifest.json") == receipt.manifest());
    const smz::archive archive(smz::set::discover(outbox), keys);
    CHECK(archive.integrity() == SMZ_INTEGRITY_AUTHENTICATED);
    CHECK(archive.verify().summary().files == 6);
    FAILS(SMZ_ERR_EXISTS, builder.build_folder(tree, outbox));

    // Callbacks that throw: it is the exception, and nothing is there.
    const fs::path none = scratch / "none";
    options.on_progress([](const smz_progress &) -> bool { throw oops{7}; });
    for (const bool folder : {true, false}) {
        try {
            folder ? builder.build_folder(tree, none, options)
                   : builder.build_paths({tree}, none, options);
            CHECK(false);
        } catch (const oops &it) {
            CHECK(it.call == 7 && (!fs::exists(none) || fs::is_empty(none)));
        }
    }
    smz::cancel cancel;
    smz::options cancelled;
    cancelled.cancelled_by(cancel);
    cancel.trigger();
    FAILS(SMZ_ERR_CANCELLED, builder.build_folder(tree, none, cancelled));

    // Paths, with one that nobody could extract.
    fs::create_symlink("nowhere", tree / "link");
    builder.name("export-2");
    const std::vector<fs::path> paths = {tree, sample / "key.pem"};
    FAILS(SMZ_ERR_UNSUPPORTED, builder.build_paths(paths, outbox));
    builder.set(SMZ_BUILD_OPTION_UNFIT, SMZ_UNFIT_SKIP);
    const auto of_paths = builder.build_paths(paths, outbox);
    CHECK(of_paths.summary().files == 7 && of_paths.skipped().size() == 1);
    for (const auto &file : of_paths.skipped()) {
        CHECK(file.status() == SMZ_ERR_UNSUPPORTED && !file.message().empty());
        CHECK(file.name() == "tree/link");
    }
    const smz::archive both(smz::set::discover(outbox / "export-2.zip.smime"), keys);
    CHECK(both.find("key.pem") && both.find("tree/attachments/Übersicht, Größe.txt"));
}

void of_a_writer(const smz::recipients &whom, const smz::keyring &keys, const fs::path &scratch) {
    const fs::path outbox = scratch / "written";
    smz::export_builder builder(whom);
    builder.name("rows").set(SMZ_BUILD_OPTION_PART_SIZE, 65536);
    const std::string content = noise(150000);
    const auto time = std::chrono::system_clock::from_time_t(1000000000);
    {
        smz::export_writer begun(builder, outbox);
        smz::export_writer writer = std::move(begun);
        writer.add_folder("empty", smz::entry_attributes().permissions(0700));
        writer.begin_file("noise", smz::entry_attributes().modified(time).max_size(150000));
        writer.write(content).end_file();
        FAILS(SMZ_ERR_UNSAFE_PATH, smz::entry_ostream(writer, "../up"));
        FAILS(SMZ_ERR_UNSAFE_PATH, writer.begin_file("NOISE"));
        smz::entry_ostream first(writer, "rows/1.csv", smz::entry_attributes().permissions(0600));
        FAILS(SMZ_ERR_INVALID_ARGUMENT, writer.begin_file("rows/2.csv"));
        FAILS(SMZ_ERR_INVALID_ARGUMENT, writer.finish());
        for (int row = 0; row < 10000; ++row) {
            first << row << ',' << row * 2 << '\n';
        }
        first.finish();
        smz::entry_ostream second(writer, "rows/2.csv");
        second << "a" << std::flush << "b";
        // One that has ended does not get into the next.
        first.finish();
        FAILS(SMZ_ERR_INVALID_ARGUMENT, first << "lost");
        second.finish();
        const smz::receipt receipt = writer.finish();
        CHECK(receipt.summary().files == 3 && receipt.summary().folders == 1);
        CHECK(receipt.parts().size() == 3);
        FAILS(SMZ_ERR_INVALID_ARGUMENT, writer.finish());
    }
    const smz::archive archive(smz::set::discover(outbox), keys);
    CHECK(archive.size() == 4 && archive.at("noise").modified() == time);
    CHECK(archive.at("rows/1.csv").permissions() == 0600u && archive.at("empty/").is_folder());
    std::string lines, line;
    smz::istream rows(archive.open(archive.at("rows/1.csv")));
    int count = 0;
    while (std::getline(rows, line)) {
        CHECK(line == std::to_string(count) + "," + std::to_string(count * 2));
        ++count;
    }
    CHECK(count == 10000 && archive.at("rows/2.csv").size() == 2);
    // Destroyed before finish(): nothing is there, whatever was begun.
    const fs::path none = scratch / "never";
    for (int begun = 0; begun < 3; ++begun) {
        smz::export_writer writer(builder, none);
        if (begun > 0) {
            smz::entry_ostream file(writer, "a");
            file << content << std::flush;
        }
        if (begun > 1) {
            FAILS(SMZ_ERR_INVALID_ARGUMENT, writer.finish());
            FAILS(SMZ_ERR_INVALID_ARGUMENT, smz::entry_ostream(writer, "b"));
        }
    }
    CHECK(!fs::exists(none) || fs::is_empty(none));
    smz::export_writer limited(builder, none);
    smz::entry_ostream small(limited, "small", smz::entry_attributes().max_size(3));
    small << "four";
    FAILS(SMZ_ERR_INVALID_ARGUMENT, small.finish());
}

class no_sink : public smz::part_sink {
    std::unique_ptr<smz::part_output> begin(std::string_view) override { return nullptr; }
    void commit(const std::vector<smz::part_receipt> &) override { CHECK(false); }
    void abort() noexcept override {}
};

void moved_from(smz::recipients whom, const fs::path &scratch) {
    const auto told = [](const char *type, auto &&function, int line) {
        const auto error = fails(SMZ_ERR_INVALID_ARGUMENT, function, line);
        check(error.what() == std::string(type) + " was moved from", line);
    };
#define TOLD(type, call) told("smz::" #type, [&] { (void)(call); }, __LINE__)
    const fs::path none = scratch / "moved";
    char room[1];
    const smz::buffer buffer(room, 1);
    smz::seal_options options;
    smz::sealer sealer(whom, options);
    smz::export_builder builder(whom);
    smz::export_writer writer(builder, none);
    smz::receipt receipt = smz::export_writer(builder, none).finish();

    const smz::receipt receipt2 = std::move(receipt);
    TOLD(receipt, receipt.summary());
    TOLD(receipt, receipt.parts());
    TOLD(receipt, receipt.skipped());
    TOLD(receipt, receipt.needs());
    TOLD(receipt, receipt.manifest());
    CHECK(receipt2.parts().size() == 1);
    smz::entry_ostream file(writer, "a");
    const smz::export_writer writer2 = std::move(writer);
    TOLD(export_writer, writer.add_folder("a"));
    TOLD(export_writer, writer.begin_file("a"));
    TOLD(export_writer, writer.write(std::string("a")));
    TOLD(export_writer, writer.end_file());
    TOLD(export_writer, writer.finish());
    TOLD(export_writer, smz::entry_ostream(writer, "a"));
    TOLD(export_writer, file << "a" << std::flush);
    CHECK(writer.get() == nullptr && writer2.get() != nullptr);
    smz::options given;
    const smz::options given2 = std::move(given);
    TOLD(options, smz::export_writer(builder, none, given));
    TOLD(options, smz::export_writer(builder, std::make_unique<no_sink>(), given));
    TOLD(options, builder.build_folder(none, none, given));
    const smz::export_builder builder2 = std::move(builder);
    TOLD(export_builder, builder.name());
    TOLD(export_builder, builder.name("a"));
    TOLD(export_builder, builder.set(SMZ_BUILD_OPTION_LEVEL, 1));
    TOLD(export_builder, builder.seal_with(options));
    TOLD(export_builder, builder.build_folder(none, none));
    TOLD(export_builder, builder.build_paths({none}, none));
    TOLD(export_builder, smz::export_writer(builder, none));
    TOLD(export_builder, smz::export_writer(builder, std::make_unique<no_sink>()));
    smz::sealer sealer2 = std::move(sealer);
    TOLD(sealer, sealer.process({}, buffer).consumed);
    TOLD(sealer, sealer.finish(buffer));
    std::ostringstream out;
    smz::sealed_ostream stream(std::move(sealer), out);
    TOLD(sealer, stream.finish());
    CHECK(sealer2.finish(buffer) == 1);
    const smz::seal_options options2 = std::move(options);
    TOLD(seal_options, options.set(SMZ_SEAL_OPTION_CIPHER, 0));
    TOLD(seal_options, smz::sealer(whom, options));
    smz::recipients whom2 = std::move(whom);
    TOLD(recipients, whom[0]);
    TOLD(recipients, whom.begin());
    TOLD(recipients, whom.add_password("a"));
    TOLD(recipients, smz::sealer(whom, options2));
    TOLD(recipients, smz::export_builder(whom));
    CHECK(whom.size() == 0 && whom2.size() == 1);
}

} // namespace

int main(int argc, char **argv) {
    CHECK(argc == 4);
    const fs::path sample = argv[1], scratch = argv[3];
    const fs::path certificate = sample / "certificate.pem";
    smz::keyring keys;
    keys.add_file(sample / "key.pem");
    smz::recipients whom;
    whom.add_certificate_file(certificate);
    of_recipients(certificate, keys);
    of_a_sealer(whom, keys);
    of_sealed_streams(whom, keys);
    of_outputs_that_throw(whom, keys);
    of_a_builder(sample, whom, keys, scratch);
    of_a_writer(whom, keys, scratch);
    moved_from(std::move(whom), scratch);
    std::cout << checks << " checks\n";
    return 0;
}
