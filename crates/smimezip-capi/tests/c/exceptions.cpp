// What smimezip.hpp promises of exceptions: whatever callback throws, the call ends, and its caller
// gets the very exception, with its type and its message.
//
//   exceptions SAMPLE_FOLDER VECTORS_FOLDER SCRATCH_FOLDER
#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <smimezip.hpp>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "checks.hpp"

namespace {

namespace fs = std::filesystem;

const char *const stem = "export-2b710a2c-5d0e-4c53-9d0b-7f1f3a6c8e21";

/** An exception of the program's own. */
class store_error : public std::runtime_error {
public:
    explicit store_error(int number)
        : std::runtime_error("store " + std::to_string(number)), code(number) {}
    int code;
};

/** Runs something that must end with the exception of that code. */
template <class F> void carried(int code, F &&function, int line) {
    try {
        function();
    } catch (const store_error &error) {
        check(error.code == code && error.what() == "store " + std::to_string(code), line);
        return;
    } catch (const smz::error &error) {
        std::cerr << error.what() << '\n';
    }
    check(false, line);
}

#define CARRIED(code, expression) carried(code, [&] { (void)(expression); }, __LINE__)

[[noreturn]] void fail(int code) { throw store_error(code); }

#define FAILS(status, expression) fails(status, [&] { (void)(expression); }, __LINE__)

std::string read_file(const fs::path &path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/** Serves bytes until it is told to throw, in one of its functions. */
class served : public smz::source {
public:
    served(std::string data, const int &read_code, const int &size_code)
        : data_(std::move(data)), read_code_(read_code), size_code_(size_code) {}
    std::size_t read_at(std::uint64_t offset, std::uint8_t *buf, std::size_t len) override {
        if (read_code_ != 0) {
            fail(read_code_);
        }
        return offset >= data_.size() ? 0 : data_.copy(reinterpret_cast<char *>(buf), len, offset);
    }
    std::uint64_t size() override {
        if (size_code_ != 0) {
            fail(size_code_);
        }
        return data_.size();
    }
    bool is_concurrent() const noexcept override { return true; }

private:
    std::string data_;
    const int &read_code_;
    const int &size_code_;
};

/** A zip of one empty file, whose time has no time zone: 2024-03-14 12:34:56. */
std::string zip_without_time_zone() {
    const auto number = [](std::uint64_t value, int size) {
        std::string bytes;
        for (int at = 0; at < size; ++at) {
            bytes += static_cast<char>(value);
            value >>= 8;
        }
        return bytes;
    };
    const std::uint32_t time = (12u << 11) | (34u << 5) | 28u, date = (44u << 9) | (3u << 5) | 14u;
    const std::string name = "a.txt";
    const std::string common = number(20, 2) + number(0, 4) + number(time, 2) + number(date, 2) +
                               number(0, 12) + number(static_cast<std::uint32_t>(name.size()), 2);
    const std::string local = "PK\3\4" + common + number(0, 2) + name;
    const std::string central = "PK\1\2" + number(20, 2) + common + number(0, 16) + name;
    return local + central + "PK\5\6" + number(0, 4) + number(1, 2) + number(1, 2) +
           number(static_cast<std::uint32_t>(central.size()), 4) +
           number(static_cast<std::uint32_t>(local.size()), 4) + number(0, 2);
}

void of_options(const smz::archive &archive, const smz::message &message, const smz::keyring &keys,
                const fs::path &scratch) {
    smz::options progress, filter;
    progress.on_progress([](const smz_progress &) -> bool { fail(1); });
    filter.filter([](const smz::entry &) -> bool { fail(2); });
    const fs::path none = scratch / "none";
    CARRIED(1, archive.extract(none, progress));
    CARRIED(1, archive.verify(progress));
    CARRIED(1, archive.extract_entry(archive[0], none, progress));
    CARRIED(1, message.decrypt_to_file(keys, none, progress));
    CARRIED(1, smz::archive(smz::set::discover(scratch / "sample"), keys, progress));
    CARRIED(2, archive.extract(none, filter));
    CARRIED(2, archive.verify(filter));
    CARRIED(2, archive.dry_run(none, filter));
    // The options are as good as before.
    progress.on_progress(nullptr);
    CHECK(archive.verify(progress).summary().files == 6);
    CHECK(!fs::exists(none));
}

void of_local_time(const fs::path &scratch) {
    const int never = 0;
    smz::set set;
    set.add("times.zip", std::make_unique<served>(zip_without_time_zone(), never, never));
    const smz::archive archive(set, smz::keyring());
    CHECK(archive.size() == 1 && archive[0].modified_is_local());
    CHECK(std::chrono::system_clock::to_time_t(archive[0].modified().value()) == 1710419696);
    smz::options options;
    options.local_time([](std::tm) -> std::optional<std::chrono::system_clock::time_point> {
        fail(3);
    });
    CARRIED(3, archive.dry_run(scratch / "untimed", options));
    CARRIED(3, archive.extract(scratch / "untimed", options));
    CHECK(!fs::exists(scratch / "untimed" / "a.txt"));
    std::tm asked{};
    options.local_time([&](std::tm time) {
        asked = time;
        return std::chrono::system_clock::from_time_t(1000000000);
    });
    CHECK(archive.extract(scratch / "timed", options).summary().files == 1);
    CHECK(asked.tm_year == 124 && asked.tm_mon == 2 && asked.tm_mday == 14);
    CHECK(asked.tm_hour == 12 && asked.tm_min == 34 && asked.tm_sec == 56);
    const auto written = fs::last_write_time(scratch / "timed" / "a.txt");
    options.local_time([](std::tm) { return std::nullopt; });
    (void)archive.extract(scratch / "without", options);
    options.local_time(nullptr);
    (void)archive.extract(scratch / "utc", options);
    const auto later = fs::last_write_time(scratch / "utc" / "a.txt") - written;
    CHECK(later == std::chrono::seconds(1710419696 - 1000000000));
}

void of_passphrases(const fs::path &encrypted) {
    smz::keyring keys;
    const auto throwing = [](std::string_view) -> std::optional<std::string> { fail(4); };
    CARRIED(4, keys.add_file(encrypted, throwing));
    CARRIED(4, keys.add_memory(read_file(encrypted), throwing));
    CHECK(keys.key_count() == 0);
}

void of_external_keys(const fs::path &sample, const smz::message &message,
                      const fs::path &scratch) {
    int outcome = 5;
    smz::keyring keys;
    keys.add_external([&](const smz_recipient &of, std::uint8_t *, std::size_t size) -> int {
        CHECK(of.issuer != nullptr && size == 32);
        if (outcome > 0) {
            fail(outcome);
        }
        return -outcome;
    });
    FAILS(SMZ_ERR_INVALID_ARGUMENT, keys.add_external(nullptr));
    const auto any = [](const smz_recipient &, std::uint8_t *, std::size_t) { return 0; };
    FAILS(SMZ_ERR_BAD_KEY, keys.add_external(any, std::string("no certificate")));
    const fs::path none = scratch / "none";
    CARRIED(5, message.decrypt(keys));
    CARRIED(5, message.decrypt_to_file(keys, none));
    CARRIED(5, smz::archive(smz::set::discover(sample), keys));
    smz::options options;
    options.on_progress([](const smz_progress &) { return true; });
    options.set(SMZ_OPTION_THREADS, 4);
    CARRIED(5, message.decrypt_to_file(keys, none, options));
    CARRIED(5, smz::archive(smz::set::discover(sample), keys, options));
    {
        // The decoder has the key, also when the ring is gone.
        auto ring = std::make_unique<smz::keyring>();
        ring->add_external(
            [](const smz_recipient &, std::uint8_t *, std::size_t) -> int { fail(6); });
        smz::decoder decoder(*ring);
        ring.reset();
        const std::string sealed = read_file(sample / (stem + std::string(".zip.smime")));
        std::vector<char> output(1 << 16);
        CARRIED(6, decoder.process(sealed, output));
    }
    // What is no exception stays what it is in C.
    outcome = -SMZ_UNWRAP_NOT_MINE;
    FAILS(SMZ_ERR_NO_MATCHING_KEY, message.decrypt(keys));
    outcome = -SMZ_UNWRAP_UNREACHABLE;
    FAILS(SMZ_ERR_IO, message.decrypt(keys));
    outcome = 0; // a key, but not the right one
    FAILS(SMZ_ERR_DECRYPT, message.decrypt(keys));
    // Of threads that share a ring, each gets an exception, and none is given twice.
    std::atomic<int> next{0};
    smz::keyring shared;
    shared.add_external(
        [&](const smz_recipient &, std::uint8_t *, std::size_t) -> int { fail(++next); });
    std::array<std::atomic<int>, 161> got{};
    std::vector<std::thread> threads;
    for (int number = 0; number < 8; ++number) {
        threads.emplace_back([&] {
            for (int round = 0; round < 20; ++round) {
                try {
                    (void)message.decrypt(shared);
                } catch (const store_error &error) {
                    ++got.at(static_cast<std::size_t>(error.code));
                }
            }
        });
    }
    for (auto &thread : threads) {
        thread.join();
    }
    CHECK(std::count(got.begin() + 1, got.end(), 1) == 160);
}

void of_sources(const fs::path &sample, const smz::keyring &keys) {
    int read_code = 0, size_code = 0;
    const std::string sealed = read_file(sample / (stem + std::string(".zip.smime")));
    const auto source = [&] { return std::make_unique<served>(sealed, read_code, size_code); };
    size_code = 7;
    CARRIED(7, smz::message::open(source()));
    size_code = 0;
    read_code = 8;
    CARRIED(8, smz::message::open(source()));
    read_code = 0;
    const auto message = smz::message::open(source());
    auto reader = message.decrypt(keys);
    read_code = 9;
    std::vector<char> bytes(100);
    CARRIED(9, reader.read(bytes));
    CARRIED(9, message.decrypt(keys).read_at(50000, bytes));
    CARRIED(9, smz::istream(message.decrypt(keys)).get());
}

} // namespace

int main(int argc, char **argv) {
    CHECK(argc == 4);
    const fs::path sample = argv[1], vectors = argv[2], scratch = argv[3];
    fs::copy(sample, scratch / "sample");
    smz::keyring keys;
    keys.add_file(sample / "key.pem");
    const auto message = smz::message::open(sample / (stem + std::string(".zip.smime")));
    of_options(smz::archive(smz::set::discover(sample), keys), message, keys, scratch);
    of_local_time(scratch);
    of_passphrases(vectors / ".." / "keys" / "main.pbes2-aes256.pem");
    of_external_keys(sample, message, scratch);
    of_sources(sample, keys);
    std::cout << checks << " checks\n";
    return 0;
}
