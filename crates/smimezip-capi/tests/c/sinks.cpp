// What smimezip.hpp promises of sinks of parts: whichever call of theirs throws, nothing is
// committed, everything is taken back, and the call that led to it throws the very exception.
//
//   sinks SAMPLE_FOLDER VECTORS_FOLDER SCRATCH_FOLDER
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <map>
#include <memory>
#include <smimezip.hpp>
#include <string>
#include <thread>
#include <vector>

#include "checks.hpp"

namespace {

namespace fs = std::filesystem;

#define FAILS(status, expression) fails(status, [&] { (void)(expression); }, __LINE__)

/** Not a std::exception, and not copied on its way: an address is its mark. */
struct unavailable {
    int call;
    const void *mark;
};

/** A store that parts are kept in, and what happened to it. */
struct store {
    std::map<std::string, std::string> finished, committed, files;
    std::atomic<int> calls{0};
    int throw_at = 0; // the number of the call; 0 for none
    bool reads_back = true, takes_files = true;
    int alive = 0, begun = 0, ended = 0, aborted = 0;

    void count() {
        if (++calls == throw_at) {
            throw unavailable{throw_at, this};
        }
    }
};

class kept_part : public smz::part_output {
public:
    kept_part(store &of, std::string_view name) : of_(of), name_(name) { ++of_.alive; }
    ~kept_part() override { --of_.alive; }
    void write(smz::bytes data) override {
        of_.count();
        bytes_.append(reinterpret_cast<const char *>(data.data()), data.size());
    }
    void finish() override {
        ++of_.ended;
        of_.count();
        of_.finished[name_] = bytes_;
    }
    void drop() noexcept override { ++of_.ended; }

private:
    store &of_;
    std::string name_, bytes_;
};

class kept_bytes : public smz::source {
public:
    kept_bytes(store &of, const std::string &data) : of_(of), data_(data) { ++of_.alive; }
    ~kept_bytes() override { --of_.alive; }
    std::size_t read_at(std::uint64_t offset, std::uint8_t *buf, std::size_t len) override {
        of_.count();
        return offset >= data_.size() ? 0 : data_.copy(reinterpret_cast<char *>(buf), len, offset);
    }
    std::uint64_t size() override { return data_.size(); }

private:
    store &of_;
    const std::string &data_;
};

class keeping : public smz::part_sink {
public:
    explicit keeping(store &of) : of_(of) { ++of_.alive; }
    ~keeping() override { --of_.alive; }
    std::unique_ptr<smz::part_output> begin(std::string_view name) override {
        of_.count();
        ++of_.begun;
        return std::make_unique<kept_part>(of_, name);
    }
    bool takes_files() const noexcept override { return of_.takes_files; }
    void add_file(std::string_view name, smz::bytes data) override {
        of_.count();
        of_.files[std::string(name)].assign(reinterpret_cast<const char *>(data.data()),
                                            data.size());
    }
    std::unique_ptr<smz::source> read_back(std::string_view begun_as) override {
        of_.count();
        if (!of_.reads_back) {
            return nullptr;
        }
        return std::make_unique<kept_bytes>(of_, of_.finished.at(std::string(begun_as)));
    }
    void commit(const std::vector<smz::part_receipt> &parts) override {
        CHECK(of_.begun == of_.ended && of_.aborted == 0 && !parts.empty());
        for (const auto &part : parts) {
            of_.count(); // it may have begun
            const std::string &bytes = of_.finished.at(std::string(part.begun_as()));
            CHECK(bytes.size() == part.size() && part.sha256().size() == 32);
            of_.committed[std::string(part.name())] = bytes;
        }
    }
    void abort() noexcept override {
        ++of_.aborted;
        of_.finished.clear();
        of_.committed.clear();
        of_.files.clear();
    }

private:
    store &of_;
};

/** Writes three parts into a store. */
smz::receipt write_to(store &of, const smz::export_builder &builder, const std::string &content) {
    smz::export_writer writer(builder, std::make_unique<keeping>(of));
    smz::entry_ostream file(writer, "noise");
    file << content;
    file.finish();
    return writer.finish();
}

void is_there(const store &of, const smz::receipt &receipt, const smz::keyring &keys,
              const std::string &content) {
    CHECK(of.alive == 0 && of.aborted == 0 && of.begun == of.ended);
    CHECK(of.committed.size() == 3 && receipt.parts().size() == 3);
    CHECK(receipt.parts()[2].name() == "e.zip.smime");
    smz::set set;
    for (const auto &part : of.committed) {
        set.add_memory(part.first, part.second.data(), part.second.size());
    }
    const smz::archive archive(set, keys);
    auto reader = archive.open(archive.at("noise"));
    std::string read(reader.size(), '\0');
    for (std::size_t at = 0; at < read.size();) {
        at += reader.read({&read[at], read.size() - at});
    }
    CHECK(read == content);
}

void nothing_is_left(const store &of) {
    CHECK(of.alive == 0 && of.begun == of.ended);
    CHECK(of.finished.empty() && of.committed.empty() && of.files.empty());
}

void every_call_throws(const smz::export_builder &builder, const smz::keyring &keys,
                       const std::string &content) {
    for (const bool reads_back : {true, false}) {
        int failed = 0;
        for (int at = 1;; ++at) {
            store of;
            of.throw_at = at;
            of.reads_back = reads_back;
            try {
                const smz::receipt receipt = write_to(of, builder, content);
                CHECK(of.calls < at && of.files.at("e.manifest.json") == receipt.manifest());
                is_there(of, receipt, keys, content);
                break;
            } catch (const unavailable &it) {
                CHECK(it.call == at && it.mark == &of && of.aborted == 1);
                nothing_is_left(of);
                ++failed;
            }
        }
        CHECK(failed > 10);
    }
}

void errors_stick(const smz::export_builder &builder, const std::string &content) {
    store of;
    {
        smz::export_writer writer(builder, std::make_unique<keeping>(of));
        writer.begin_file("noise");
        of.throw_at = of.calls + 1;
        int caught = 0;
        while (caught < 3) {
            try {
                writer.write(content);
            } catch (const unavailable &it) {
                CHECK(it.call == of.throw_at && it.mark == &of);
                ++caught;
            }
        }
        CHECK(of.calls == of.throw_at); // nobody was asked again
        // A stream is bad for good.
        smz::export_writer other(builder, std::make_unique<keeping>(of));
        smz::entry_ostream file(other, "noise");
        of.throw_at = of.calls + 1;
        for (int call = 0; call < 3; ++call) {
            try {
                call == 0 ? void(file << content << content) : file.finish();
                CHECK(false);
            } catch (const unavailable &it) {
                CHECK(it.call == of.throw_at && file.bad());
            }
        }
    }
    CHECK(of.aborted == 2);
    nothing_is_left(of);
}

void given_up(const smz::export_builder &builder, const std::string &content) {
    // Destroyed before finish(), also by an exception of the program's own.
    store of;
    try {
        smz::export_writer writer(builder, std::make_unique<keeping>(of));
        smz::entry_ostream(writer, "noise") << content;
        throw 42;
    } catch (int) {
        CHECK(of.aborted == 1 && of.begun > 1);
        nothing_is_left(of);
    }
    // Assigning another one to it does the same.
    store first, second;
    smz::export_writer writer(builder, std::make_unique<keeping>(first));
    writer.begin_file("noise").write(content);
    writer = smz::export_writer(builder, std::make_unique<keeping>(second));
    CHECK(first.aborted == 1);
    nothing_is_left(first);
    writer.finish();
    CHECK(second.committed.size() == 1 && second.aborted == 0 && second.alive == 0);
}

class without_parts : public smz::part_sink {
    std::unique_ptr<smz::part_output> begin(std::string_view) override { return nullptr; }
    void commit(const std::vector<smz::part_receipt> &) override { CHECK(false); }
    void abort() noexcept override {}
};

void what_makes_no_sense(const smz::export_builder &builder, const std::string &content) {
    FAILS(SMZ_ERR_INVALID_ARGUMENT,
          smz::export_writer(builder, std::unique_ptr<smz::part_sink>()));
    // There is a manifest, which the sink does not take.
    store of;
    of.takes_files = false;
    FAILS(SMZ_ERR_INVALID_ARGUMENT, write_to(of, builder, content));
    nothing_is_left(of);
    without_parts sink;
    FAILS(SMZ_ERR_INVALID_ARGUMENT, static_cast<smz::part_sink &>(sink).add_file("a", {}));
    FAILS(SMZ_ERR_INVALID_ARGUMENT, [&] {
        smz::export_writer writer(builder, std::make_unique<without_parts>());
        writer.begin_file("noise").write(content).end_file();
        return writer.finish();
    }());
}

/** Threads whose sinks throw at the same time get each its own. */
void each_thread_its_own(const smz::export_builder &builder, const std::string &content) {
    std::atomic<int> right{0};
    std::vector<std::thread> threads;
    for (int number = 0; number < 4; ++number) {
        threads.emplace_back([&, number] {
            for (int round = 1; round <= 5; ++round) {
                store of;
                of.throw_at = round * 2 + number;
                try {
                    write_to(of, builder, content);
                } catch (const unavailable &it) {
                    right += it.mark == &of && it.call == of.throw_at ? 1 : 0;
                }
            }
        });
    }
    for (auto &thread : threads) {
        thread.join();
    }
    CHECK(right == 20);
}

} // namespace

int main(int argc, char **argv) {
    CHECK(argc == 4);
    const fs::path sample = argv[1];
    smz::keyring keys;
    keys.add_file(sample / "key.pem");
    smz::recipients whom;
    whom.add_certificate_file(sample / "certificate.pem");
    smz::export_builder builder(whom);
    builder.name("e").set(SMZ_BUILD_OPTION_PART_SIZE, 65536);
    builder.set(SMZ_BUILD_OPTION_MANIFEST, SMZ_MANIFEST_PARTS);
    const std::string content = noise(150000);
    every_call_throws(builder, keys, content);
    errors_stick(builder, noise(2000000));
    given_up(builder, noise(2000000));
    what_makes_no_sense(builder, content);
    each_thread_its_own(builder, content);
    std::cout << checks << " checks\n";
    return 0;
}
