// What smimezip.hpp promises of sources and of objects that were moved from: an exception comes out
// of the call unchanged, on whatever thread it was thrown; nullptr is "none"; an object without a
// handle is an error that says so.
//
//   callbacks SAMPLE_FOLDER VECTORS_FOLDER SCRATCH_FOLDER
#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <smimezip.hpp>
#include <string>
#include <thread>

#include "checks.hpp"

namespace {

const char *const stem = "export-2b710a2c-5d0e-4c53-9d0b-7f1f3a6c8e21";

std::string read_file(const std::string &path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/** Not a std::exception, and not copied on its way: an address is its mark. */
struct unavailable {
    int call;
    const void *mark;
};

/** What the sources of a test have in common: they count their calls, and throw from one on. */
struct plan {
    std::atomic<int> calls{0}, alive{0};
    int throw_from = 0;
    int throw_until = 1 << 30;
    std::size_t most = 1 << 30;
};

class served : public smz::source {
public:
    served(std::string data, plan &of) : data_(std::move(data)), plan_(of) { ++plan_.alive; }
    ~served() override { --plan_.alive; }
    std::size_t read_at(std::uint64_t offset, std::uint8_t *buf, std::size_t len) override {
        count();
        // Short reads are fine, and are more calls.
        len = std::min<std::size_t>(len, plan_.most);
        return offset >= data_.size() ? 0 : data_.copy(reinterpret_cast<char *>(buf), len, offset);
    }
    std::uint64_t size() override {
        count();
        return data_.size();
    }

private:
    void count() {
        const int call = ++plan_.calls;
        if (plan_.throw_from != 0 && call >= plan_.throw_from && call < plan_.throw_until) {
            throw unavailable{call, &plan_};
        }
    }

    std::string data_;
    plan &plan_;
};

/** Runs something that must throw what a source of the plan threw. */
template <class F> int thrown_by(const plan &of, F &&function, int line) {
    try {
        function();
    } catch (const unavailable &it) {
        check(it.mark == &of && it.call >= of.throw_from, line);
        return it.call;
    } catch (const smz::error &error) {
        std::cerr << error.what() << "\n";
    }
    check(false, line);
    return 0;
}

template <class F> void fails(smz_status status, const std::string &text, F &&function, int line) {
    try {
        function();
    } catch (const smz::error &error) {
        if (error.status() != status || std::string(error.what()).find(text) == std::string::npos) {
            std::cerr << error.what() << "\n";
            check(false, line);
        }
        ++checks;
        return;
    }
    check(false, line);
}

/** Each call of a message's source throws once, from opening to the last byte. */
void every_read_of_a_message(const std::string &sample, const smz::keyring &keys) {
    const std::string sealed = read_file(sample + "/" + stem + ".zip.smime");
    int failed = 0;
    for (int at = 1;; ++at) {
        plan of;
        of.throw_from = at;
        of.throw_until = at + 1;
        of.most = 1000;
        bool complete = false;
        try {
            const auto message = smz::message::open(std::make_unique<served>(sealed, of));
            auto reader = message.decrypt(keys);
            char buffer[4096];
            while (reader.read({buffer, sizeof buffer}) != 0) {
            }
            complete = true;
        } catch (const unavailable &it) {
            CHECK(it.call == at && it.mark == &of);
            ++failed;
        }
        CHECK(of.alive == 0);
        if (complete) {
            CHECK(of.calls < at);
            break;
        }
    }
    /* A small message is read in few calls. */
    CHECK(failed > 2);
}

smz::set served_set(const std::string &sample, plan &of) {
    smz::set set;
    for (const char *kind : {".z01", ".z02", ".z03", ".zip"}) {
        const std::string name = stem + std::string(kind) + ".smime";
        set.add(name, std::make_unique<served>(read_file(sample + "/" + name), of));
    }
    return set;
}

void every_call_of_an_archive(const std::string &sample, const smz::keyring &keys,
                              const std::string &scratch) {
    {
        plan of;
        const smz::set set = served_set(sample, of);
        CHECK(set[0].size().value() > 80000);
        of.throw_from = of.calls + 1;
        thrown_by(of, [&] { (void)set[0]; }, __LINE__);
        thrown_by(of, [&] { const smz::archive archive(set, keys); }, __LINE__);
        of.throw_from = 0;
        const smz::archive archive(set, keys);
        const auto entry = archive.at("entities/Customer-7f1f3a6c.json");
        of.throw_from = of.calls + 1;
        smz::options options;
        for (std::uint64_t threads : {1u, 4u, 16u}) {
            options.set(SMZ_OPTION_THREADS, threads);
            thrown_by(of, [&] { archive.extract(scratch + "/never", options); }, __LINE__);
            thrown_by(of, [&] { archive.verify(options); }, __LINE__);
            thrown_by(
                of, [&] { archive.extract_entry(entry, scratch + "/never", options); }, __LINE__);
            // Keeping going is about entries, not about a source that cannot be reached.
            options.set(SMZ_OPTION_KEEP_GOING, 1);
            thrown_by(of, [&] { archive.verify(options); }, __LINE__);
            options.set(SMZ_OPTION_KEEP_GOING, 0);
        }
        thrown_by(
            of,
            [&] {
                smz::istream stream(archive.open(entry));
                stream.get();
            },
            __LINE__);
        // Once it can be reached again, all is well.
        of.throw_from = 0;
        CHECK(archive.verify().summary().files == 6);
        // A reader's error sticks, and stays what it was.
        smz::entry largest = archive[0];
        for (const smz::entry &it : archive) {
            if (it.compressed_size() > largest.compressed_size()) {
                largest = it;
            }
        }
        auto reader = archive.open(largest);
        char buffer[100];
        of.throw_from = of.calls + 1;
        const auto to_the_end = [&] {
            while (reader.read({buffer, sizeof buffer}) != 0) {
            }
        };
        const int first = thrown_by(of, to_the_end, __LINE__);
        of.throw_from = 1;
        CHECK(thrown_by(of, to_the_end, __LINE__) == first);
    }
    // One after the other, wherever it is: many more than are kept.
    plan of;
    const smz::set set = served_set(sample, of);
    const smz::archive archive(set, keys);
    const int before = of.calls;
    (void)archive.verify();
    const int needed = of.calls - before;
    for (int at = 1; at < needed; at += 1 + needed / 50) {
        of.throw_from = of.calls + at;
        thrown_by(of, [&] { archive.verify(); }, __LINE__);
        of.throw_from = 0;
    }
    for (int round = 0; round < 100; ++round) {
        of.throw_from = of.calls + 1;
        thrown_by(of, [&] { archive.verify(); }, __LINE__);
    }
    of.throw_from = 0;
    CHECK(archive.verify().summary().files == 6);
}

/** Threads whose sources throw at the same time get each its own. */
void each_thread_its_own(const std::string &sample, const smz::keyring &keys) {
    std::atomic<int> right{0};
    std::vector<std::thread> threads;
    for (int number = 0; number < 8; ++number) {
        threads.emplace_back([&] {
            plan of;
            const smz::set set = served_set(sample, of);
            const smz::archive archive(set, keys);
            for (int round = 0; round < 10; ++round) {
                of.throw_from = of.calls + 3;
                try {
                    archive.verify();
                } catch (const unavailable &it) {
                    right += it.mark == &of ? 1 : 0;
                }
            }
        });
    }
    for (auto &thread : threads) {
        thread.join();
    }
    CHECK(right == 80);
}

void none_is_none(const smz::archive &archive) {
    smz::options options;
    int calls = 0;
    options.on_progress([&](const smz_progress &) { return ++calls > 0; });
    options.filter([&](const smz::entry &) { return false; });
    CHECK(archive.verify(options).summary().files == 0);
    calls = 0;
    options.on_progress(nullptr).filter(nullptr);
    CHECK(archive.verify(options).summary().files == 6 && calls == 0);
    options.filter(smz::options::filter_callback());
    CHECK(archive.verify(options).summary().files == 6);
    fails(
        SMZ_ERR_INVALID_ARGUMENT, "source is NULL",
        [] { smz::message::open(std::unique_ptr<smz::source>()); }, __LINE__);
    smz::set set;
    fails(SMZ_ERR_INVALID_ARGUMENT, "source is NULL", [&] { set.add("a.zip", nullptr); }, __LINE__);
}

void moved_from(const std::string &sample, const std::string &scratch) {
    const std::string part = sample + "/" + stem + ".zip.smime";
    smz::keyring keys;
    keys.add_file(sample + "/key.pem");
    smz::set set = smz::set::discover(sample);
    smz::archive archive(set, keys);
    smz::message message = smz::message::open(part);
    smz::reader reader = message.decrypt(keys);
    smz::decoder decoder(keys);
    smz::report report = archive.verify();
    smz::options options;
    smz::cancel cancel;
    const smz::entry first = archive[0];
    const smz::part first_part = set[0];

    const smz::options options2 = std::move(options);
    const auto told = [](const char *type, auto &&function, int line) {
        fails(SMZ_ERR_INVALID_ARGUMENT, std::string(type) + " was moved from", function, line);
    };
#define TOLD(type, call) told("smz::" #type, [&] { (void)(call); }, __LINE__)
    TOLD(options, archive.extract(scratch + "/never", options));
    TOLD(options, archive.dry_run(scratch + "/never", options));
    TOLD(options, archive.verify(options));
    TOLD(options, archive.extract_entry(first, scratch + "/never", options));
    TOLD(options, smz::archive(set, keys, options));
    TOLD(options, smz::message::open(part, options));
    plan of;
    TOLD(options, smz::message::open(std::make_unique<served>("", of), options));
    CHECK(of.alive == 0);
    TOLD(options, smz::decoder(keys, options));
    TOLD(options, (message.decrypt_to_file(keys, scratch + "/never", options), 0));
    TOLD(options, options.set(SMZ_OPTION_THREADS, 1));
    TOLD(options, options.set(SMZ_OPTION_INCLUDE, "*"));
    TOLD(options, options.on_progress(nullptr));
    TOLD(options, options.filter([](const smz::entry &) { return true; }));
    TOLD(options, options.cancelled_by(cancel));
    CHECK(options.get() == nullptr);
    CHECK(archive.verify(options2).summary().files == 6);

    const smz::archive archive2 = std::move(archive);
    TOLD(archive, archive.extract(scratch + "/never"));
    TOLD(archive, archive.verify());
    TOLD(archive, archive.dry_run(scratch + "/never"));
    TOLD(archive, (archive.extract_entry(first, scratch + "/never"), 0));
    TOLD(archive, archive[0]);
    TOLD(archive, archive.oddities());
    TOLD(archive, archive.find("x"));
    TOLD(archive, archive.open(first));
    CHECK(archive.size() == 0 && archive2.size() == 13);
    CHECK(archive2.oddities().empty());
    TOLD(archive, archive.begin());
    fails(SMZ_ERR_NOT_FOUND, "no oddity", [&] { (void)archive2.oddities()[0]; }, __LINE__);
    fails(SMZ_ERR_NOT_FOUND, "no entry has the index 999", [&] { (void)archive2[999]; }, __LINE__);

    const smz::reader reader2 = std::move(reader);
    char buffer[1];
    TOLD(reader, reader.read({buffer, 1}));
    TOLD(reader, reader.read_at(0, {buffer, 1}));
    TOLD(reader, reader.seek(0));
    smz::istream stream(std::move(reader));
    told("smz::reader", [&] { stream.get(); }, __LINE__);
    const smz::message message2 = std::move(message);
    TOLD(message, message.info());
    TOLD(message, message.recipients());
    TOLD(message, message.decrypt(keys));
    fails(
        SMZ_ERR_NOT_FOUND, "no recipient has the index 7", [&] { (void)message2.recipients()[7]; },
        __LINE__);
    smz::decoder decoder2 = std::move(decoder);
    TOLD(decoder, decoder.process({}, {buffer, 1}));
    TOLD(decoder, decoder.finish({buffer, 1}));
    const smz::report report2 = std::move(report);
    TOLD(report, report.summary());
    TOLD(report, report.failed());
    TOLD(report, report.skipped());
    TOLD(report, report.renamed());
    TOLD(report, report.oddities());
    fails(SMZ_ERR_NOT_FOUND, "no oddity", [&] { (void)report2.oddities()[0]; }, __LINE__);
    const smz::set set2 = std::move(set);
    TOLD(set, set[0]);
    TOLD(set, set.begin());
    TOLD(set, set.open(first_part));
    TOLD(set, set.add("a.zip", std::make_unique<served>("", of)));
    CHECK(of.alive == 0);
    TOLD(set, smz::archive(set, keys));
    const smz::keyring keys2 = std::move(keys);
    TOLD(keyring, smz::archive(set2, keys));
    TOLD(keyring, message2.decrypt(keys));
    TOLD(keyring, smz::decoder(keys));
    TOLD(keyring, keys.add_file(sample + "/key.pem"));
    TOLD(keyring, keys.add_password("x"));
    CHECK(keys.key_count() == 0 && keys2.key_count() == 1);
    const smz::cancel cancel2 = std::move(cancel);
    cancel.trigger();
    smz::options cancelled;
    TOLD(cancel, cancelled.cancelled_by(cancel));
    // What was moved into again is as new.
    options = smz::options();
    options.set(SMZ_OPTION_THREADS, 2);
    CHECK(archive2.verify(options).summary().files == 6);
}

/** A limit that is given to a call, where it is stricter than the archive's. */
void limits_of_a_call(const std::string &sample, const smz::keyring &keys,
                      const std::string &scratch) {
    const smz::archive archive(smz::set::discover(sample), keys);
    smz::options options;
    options.set(SMZ_OPTION_LIMIT_TOTAL_SIZE, 10);
    fails(
        SMZ_ERR_LIMIT, "total_size", [&] { archive.extract(scratch + "/limited", options); },
        __LINE__);
    fails(SMZ_ERR_LIMIT, "total_size", [&] { archive.verify(options); }, __LINE__);
    fails(
        SMZ_ERR_LIMIT, "total_size", [&] { archive.dry_run(scratch + "/limited", options); },
        __LINE__);
}

/** OpenSSL has the private key; the library is given what it decrypts. */
void an_external_key_opens(const std::string &sample, const smz::archive &opened,
                           const std::string &scratch) {
    if (std::system("openssl version >/dev/null") != 0) {
        std::cout << "SKIPPED: an external key that opens: openssl is not installed\n";
        return;
    }
    int asked = 0;
    smz::keyring keys;
    keys.add_external([&](const smz_recipient &of, std::uint8_t *key, std::size_t size) -> int {
        const std::string encrypted = scratch + "/encrypted", decrypted = scratch + "/decrypted";
        std::ofstream(encrypted, std::ios::binary)
            .write(reinterpret_cast<const char *>(of.encrypted_key),
                   static_cast<std::streamsize>(of.encrypted_key_len));
        const std::string command = "openssl pkeyutl -decrypt -inkey '" + sample +
                                    "/key.pem' -in '" + encrypted + "' -out '" + decrypted + "'";
        CHECK(std::system(command.c_str()) == 0);
        const std::string bytes = read_file(decrypted);
        CHECK(bytes.size() == size);
        std::copy_n(bytes.begin(), std::min(size, bytes.size()), key);
        ++asked;
        return 0;
    });
    const smz::archive archive(smz::set::discover(sample), keys);
    CHECK(asked == 4); // once for each part
    CHECK(archive.size() > 0 && archive.size() == opened.size());
    const smz::report report = archive.verify();
    CHECK(report.summary().files > 0);
    CHECK(report.summary().files == opened.verify().summary().files);
}

} // namespace

int main(int argc, char **argv) {
    CHECK(argc == 4);
    const std::string sample = argv[1], scratch = argv[3];
    smz::keyring keys;
    keys.add_file(sample + "/key.pem");
    every_read_of_a_message(sample, keys);
    every_call_of_an_archive(sample, keys, scratch);
    each_thread_its_own(sample, keys);
    none_is_none(smz::archive(smz::set::discover(sample), keys));
    an_external_key_opens(sample, smz::archive(smz::set::discover(sample), keys), scratch);
    moved_from(sample, scratch);
    limits_of_a_call(sample, keys, scratch);
    std::cout << checks << " checks\n";
    return 0;
}
