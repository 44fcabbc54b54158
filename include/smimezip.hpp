/**
 * @file smimezip.hpp
 * smimezip for C++17: the functions of smimezip.h with destructors, exceptions, string_view and streams.
 * Header-only; link libsmimezip. SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Objects are moved, not copied, and free what they hold. Using one that was moved from is an smz::error
 * with SMZ_ERR_INVALID_ARGUMENT. Failures are thrown as smz::error. An exception that leaves one of your
 * callbacks, or a source that you serve, ends the call and comes out of it unchanged, whatever thread it was
 * thrown on. Thread rules are those of smimezip.h: `const` member functions may run at the same time.
 */
#ifndef SMIMEZIP_HPP
#define SMIMEZIP_HPP

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <istream>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <streambuf>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "smimezip.h"

namespace smz {

/** A failed call: what() is one sentence for a person. */
class error : public std::runtime_error {
public:
    explicit error(smz_status status, smz_error *details = nullptr)
        : error(status, std::unique_ptr<smz_error, void (*)(smz_error *)>(details, smz_error_free)) {}

    error(smz_status status, const std::string &what) : std::runtime_error(what), status_(status) {}

    /** SMZ_ERR_... */
    smz_status status() const noexcept { return status_; }
    /** A word for what is wrong, finer than the status; "" for a mistake in the calling program. */
    const std::string &code() const noexcept { return code_; }
    /** A number: SMZ_ERROR_LIMIT to SMZ_ERROR_TRAILING, if this error has it. */
    std::optional<std::uint64_t> number(smz_error_number which) const {
        const auto found = numbers_.find(which);
        return found == numbers_.end() ? std::nullopt : std::make_optional(found->second);
    }
    /** Names: SMZ_ERROR_MISSING to SMZ_ERROR_KEYS_GIVEN; empty if this error has none. */
    std::vector<std::string> names(smz_error_list which) const {
        const auto found = lists_.find(which);
        return found == lists_.end() ? std::vector<std::string>() : found->second;
    }
    /** The operating system's number, or 0. */
    int os_error() const noexcept { return os_error_; }
    /** The part it happened in, or "". */
    const std::string &part() const noexcept { return part_; }
    /** The entry it happened in, or "". */
    const std::string &entry() const noexcept { return entry_; }
    /** The position in bytes in that part, if known. */
    std::optional<std::uint64_t> offset() const noexcept { return offset_; }

private:
    error(smz_status status, std::unique_ptr<smz_error, void (*)(smz_error *)> details)
        : std::runtime_error(details ? smz_error_message(details.get()) : smz_status_name(status)),
          status_(status) {
        code_ = smz_error_code(details.get());
        for (smz_error_number which = SMZ_ERROR_LIMIT; which <= SMZ_ERROR_TRAILING; ++which) {
            std::uint64_t value = 0;
            if (smz_error_get_number(details.get(), which, &value) == SMZ_OK) {
                numbers_.emplace(which, value);
            }
        }
        for (smz_error_list which = SMZ_ERROR_MISSING; which <= SMZ_ERROR_PARTS; ++which) {
            const std::uint64_t count = smz_error_name_count(details.get(), which);
            for (std::uint64_t at = 0; at < count; ++at) {
                lists_[which].emplace_back(smz_error_name(details.get(), which, at));
            }
        }
        smz_error_info info{};
        info.struct_size = sizeof info;
        if (details && smz_error_get_info(details.get(), &info) == SMZ_OK) {
            os_error_ = info.os_error;
            part_ = info.part ? info.part : "";
            entry_ = info.entry ? info.entry : "";
            if (info.offset != SMZ_UNKNOWN) {
                offset_ = info.offset;
            }
        }
    }

    smz_status status_;
    std::string code_;
    std::map<smz_error_number, std::uint64_t> numbers_;
    std::map<smz_error_list, std::vector<std::string>> lists_;
    int os_error_ = 0;
    std::string part_;
    std::string entry_;
    std::optional<std::uint64_t> offset_;
};

namespace detail {

template <class T, void (*Free)(T *)> struct deleter {
    void operator()(T *handle) const noexcept { Free(handle); }
};

template <class T, void (*Free)(T *)> using handle = std::unique_ptr<T, deleter<T, Free>>;

template <class T, void (*Free)(T *)> handle<T, Free> made(T *pointer) {
    if (!pointer) {
        throw error(SMZ_ERR_INTERNAL);
    }
    return handle<T, Free>(pointer);
}

/** The handle of an object; one that was moved from has none. */
template <class T, void (*Free)(T *)> T *live(const handle<T, Free> &of, const char *type) {
    if (!of) {
        throw error(SMZ_ERR_INVALID_ARGUMENT, std::string(type) + " was moved from");
    }
    return of.get();
}

/**
 * What sources threw, each under a number that goes through the library as an error of the operating
 * system: so every call finds its own, on whatever thread it was thrown. Sources keep their last ones, as
 * errors of readers stick.
 */
class thrown {
public:
    /** The exceptions of one source. */
    class of_source {
    public:
        /** Keeps the exception that is being handled; its number. */
        int keep() noexcept {
            try {
                return all_->keep(numbers_);
            } catch (...) {
                return EIO; // no memory
            }
        }
        of_source() = default;
        of_source(const of_source &) = delete;
        of_source &operator=(const of_source &) = delete;
        ~of_source() { all_->forget(numbers_); }

    private:
        // Shared, as sources may go after everything static is gone.
        const std::shared_ptr<thrown> all_ = all();
        std::vector<int> numbers_;
    };

    /** The exception of that number, or none. */
    static std::exception_ptr find(int number) {
        const auto here = all();
        const std::lock_guard<std::mutex> lock(here->mutex_);
        const auto found = here->kept_.find(number);
        return found == here->kept_.end() ? nullptr : found->second;
    }

    /** The number that a source on this thread kept last, or 0; forgotten with that. */
    static int take_last() noexcept { return std::exchange(last(), 0); }

private:
    static constexpr int first = 0x53000000;
    static constexpr std::size_t most = 64;

    static const std::shared_ptr<thrown> &all() {
        static const auto it = std::make_shared<thrown>();
        return it;
    }

    static int &last() noexcept {
        thread_local int it = 0;
        return it;
    }

    int keep(std::vector<int> &numbers) {
        const std::lock_guard<std::mutex> lock(mutex_);
        numbers.reserve(most);
        if (numbers.size() == most) {
            kept_.erase(numbers.front());
            numbers.erase(numbers.begin());
        }
        do {
            next_ = next_ < first || next_ >= first + 0xffffff ? first : next_ + 1;
        } while (kept_.count(next_) != 0);
        kept_.emplace(next_, std::current_exception());
        numbers.push_back(next_);
        last() = next_;
        return next_;
    }

    void forget(const std::vector<int> &numbers) noexcept {
        const std::lock_guard<std::mutex> lock(mutex_);
        for (const int number : numbers) {
            kept_.erase(number);
        }
    }

    std::mutex mutex_;
    std::map<int, std::exception_ptr> kept_;
    int next_ = 0;
};

/** Throws for a failed call: what a source threw, or else an smz::error. It frees the details. */
[[noreturn]] inline void fail(smz_status status, smz_error *details) {
    std::unique_ptr<smz_error, void (*)(smz_error *)> owned(details, smz_error_free);
    smz_error_info info{};
    info.struct_size = sizeof info;
    if (details && smz_error_get_info(details, &info) == SMZ_OK && info.os_error != 0) {
        if (const auto exception = thrown::find(info.os_error)) {
            std::rethrow_exception(exception);
        }
    }
    throw error(status, owned.release());
}

/** Calls a function whose last parameter is an error; returns the kind of success. */
template <class F> smz_status call(F &&function) {
    smz_error *details = nullptr;
    const smz_status status = function(&details);
    if (status < 0) {
        fail(status, details);
    }
    return status;
}

inline void check(smz_status status) {
    if (status < 0) {
        throw error(status);
    }
}

/** As check(), for what is asked for by its index. */
inline void check_index(smz_status status, const char *what, std::uint64_t index) {
    if (status == SMZ_ERR_NOT_FOUND) {
        throw error(status, "no " + std::string(what) + " has the index " + std::to_string(index));
    }
    check(status);
}

template <class T> T sized() {
    T value{};
    value.struct_size = sizeof value;
    return value;
}

} // namespace detail

/** Stops calls from another thread or a signal handler. */
class cancel {
public:
    cancel() : handle_(detail::made<smz_cancel, smz_cancel_free>(smz_cancel_new())) {}
    /** Safe in a signal handler. */
    void trigger() const noexcept { smz_cancel_trigger(handle_.get()); }
    /** NULL if it was moved from. */
    const smz_cancel *get() const noexcept { return handle_.get(); }

    /** As get(), but an error if it was moved from. */
    const smz_cancel *live() const { return detail::live(handle_, "smz::cancel"); }

private:
    detail::handle<smz_cancel, smz_cancel_free> handle_;
};

/** Limits, policies, choice of entries, progress. For one call at a time. */
class options {
public:
    options()
        : handle_(detail::made<smz_options, smz_options_free>(smz_options_new())),
          calls_(std::make_unique<callbacks>()) {}

    /** Sets SMZ_OPTION_... that takes a number. */
    options &set(smz_option option, std::uint64_t value) {
        detail::call([&](smz_error **e) { return smz_options_set_u64(live(), option, value, e); });
        return *this;
    }
    /** Sets SMZ_OPTION_... that takes a text. */
    options &set(smz_option option, const std::string &value) {
        detail::call(
            [&](smz_error **e) { return smz_options_set_string(live(), option, value.c_str(), e); });
        return *this;
    }
    /** Reports progress; false ends the call with SMZ_ERR_CANCELLED. nullptr for none. */
    options &on_progress(std::function<bool(const smz_progress &)> callback) {
        smz_options *of = live();
        calls_->progress = std::move(callback);
        detail::check(smz_options_set_progress(of, calls_->progress ? progress : nullptr, calls_.get()));
        return *this;
    }
    /** Chooses entries; nullptr for all. */
    options &filter(std::function<bool(const smz_entry &)> callback) {
        smz_options *of = live();
        calls_->filter = std::move(callback);
        detail::check(smz_options_set_filter(of, calls_->filter ? filtered : nullptr, calls_.get()));
        return *this;
    }
    /** Lets a cancel handle stop the calls that get these options. */
    options &cancelled_by(const cancel &by) {
        detail::check(smz_options_set_cancel(live(), by.live()));
        return *this;
    }
    /** NULL if it was moved from. */
    smz_options *get() const noexcept { return handle_.get(); }

    /** Calls a function with these options; what a callback threw comes out of it. */
    template <class F> smz_status call(F &&function) const {
        (void)live();
        calls_->thrown = nullptr;
        smz_error *details = nullptr;
        const smz_status status = function(&details);
        if (calls_->thrown) {
            smz_error_free(details);
            std::rethrow_exception(std::exchange(calls_->thrown, nullptr));
        }
        if (status < 0) {
            detail::fail(status, details);
        }
        return status;
    }

    /** As get(), but an error if it was moved from. */
    smz_options *live() const { return detail::live(handle_, "smz::options"); }

private:
    struct callbacks {
        std::function<bool(const smz_progress &)> progress;
        std::function<bool(const smz_entry &)> filter;
        std::exception_ptr thrown;
    };

    static int progress(void *user, const smz_progress *event) noexcept {
        auto *calls = static_cast<callbacks *>(user);
        try {
            return calls->progress(*event) ? 0 : 1;
        } catch (...) {
            calls->thrown = std::current_exception();
            return 1;
        }
    }

    static int filtered(void *user, const smz_entry *entry) noexcept {
        auto *calls = static_cast<callbacks *>(user);
        try {
            return calls->filter(*entry) ? 1 : 0;
        } catch (...) {
            calls->thrown = std::current_exception();
            return -1;
        }
    }

    detail::handle<smz_options, smz_options_free> handle_;
    std::unique_ptr<callbacks> calls_;
};

/** Private keys and certificates. */
class keyring {
public:
    /** Gives the passphrase for a key file, or nothing. */
    using passphrase = std::function<std::optional<std::string>(std::string_view hint)>;

    keyring() : handle_(detail::made<smz_keyring, smz_keyring_free>(smz_keyring_new())) {}

    /** Adds all keys and certificates of a file. */
    keyring &add_file(const std::string &path, passphrase ask = nullptr) {
        asking state{std::move(ask), nullptr};
        state.run([&](smz_error **e) {
            return smz_keyring_add_file(live(), path.c_str(), asked, &state, nullptr, e);
        });
        return *this;
    }
    /** Adds all keys and certificates of a file in memory. */
    keyring &add_memory(std::string_view data, passphrase ask = nullptr) {
        asking state{std::move(ask), nullptr};
        const auto *bytes = reinterpret_cast<const std::uint8_t *>(data.data());
        state.run([&](smz_error **e) {
            return smz_keyring_add_memory(live(), bytes, data.size(), asked, &state, nullptr, e);
        });
        return *this;
    }
    /** Adds a password, for messages that were encrypted under one. */
    keyring &add_password(std::string_view password) {
        const auto *bytes = reinterpret_cast<const std::uint8_t *>(password.data());
        detail::call([&](smz_error **e) {
            return smz_keyring_add_password(live(), bytes, password.size(), e);
        });
        return *this;
    }
    /** Adds a secret key of 16, 24 or 32 bytes that both sides have. */
    keyring &add_secret_key(std::string_view key) {
        const auto *bytes = reinterpret_cast<const std::uint8_t *>(key.data());
        detail::call([&](smz_error **e) {
            return smz_keyring_add_secret_key(live(), bytes, key.size(), nullptr, 0, e);
        });
        return *this;
    }
    /** How many private keys it holds, external ones apart. */
    std::uint64_t key_count() const noexcept { return smz_keyring_key_count(handle_.get()); }
    /** NULL if it was moved from. */
    smz_keyring *get() const noexcept { return handle_.get(); }
    /** As get(), but an error if it was moved from. */
    smz_keyring *live() const { return detail::live(handle_, "smz::keyring"); }

private:
    struct asking {
        passphrase ask;
        std::exception_ptr thrown;

        template <class F> void run(F &&function) {
            smz_error *details = nullptr;
            const smz_status status = function(&details);
            if (thrown) {
                smz_error_free(details);
                std::rethrow_exception(thrown);
            }
            if (status < 0) {
                detail::fail(status, details);
            }
        }
    };

    static int asked(void *user, const char *hint, std::uint8_t *buf, std::size_t cap,
                     std::size_t *out_len) noexcept {
        auto *state = static_cast<asking *>(user);
        try {
            auto text = state->ask ? state->ask(hint) : std::nullopt;
            if (!text || text->size() > cap) {
                return 1;
            }
            std::copy(text->begin(), text->end(), buf);
            *out_len = text->size();
            volatile char *wipe = text->data();
            for (std::size_t at = 0; at < text->size(); ++at) {
                wipe[at] = 0;
            }
            return 0;
        } catch (...) {
            state->thrown = std::current_exception();
            return 1;
        }
    }

    detail::handle<smz_keyring, smz_keyring_free> handle_;
};

/** Bytes that your program serves: derive from it. May be called on any thread, one at a time. What it throws
 * comes out of the call that needed the bytes. */
class source {
public:
    virtual ~source() = default;
    /** Reads up to len bytes at offset; returns how many, 0 only at the end. */
    virtual std::size_t read_at(std::uint64_t offset, std::uint8_t *buf, std::size_t len) = 0;
    /** The length in bytes. */
    virtual std::uint64_t size() = 0;

    /** Gives a source to a function of smimezip.h, which owns it from then on. */
    template <class F> static void give(std::unique_ptr<source> from, F &&function);
};

namespace detail {

/** A source and what it threw: what its callbacks get. */
struct served_source {
    std::unique_ptr<source> from;
    std::shared_ptr<thrown::of_source> exceptions;

    template <class F> static int run(void *user, F &&work) noexcept {
        auto *it = static_cast<served_source *>(user);
        try {
            work(*it->from);
            return 0;
        } catch (...) {
            return it->exceptions->keep();
        }
    }

    smz_io callbacks() noexcept {
        auto io = sized<smz_io>();
        io.user = this;
        io.read_at = [](void *user, std::uint64_t offset, std::uint8_t *buf, std::size_t len,
                        std::size_t *out_n) noexcept -> int {
            return run(user, [&](source &it) { *out_n = it.read_at(offset, buf, len); });
        };
        io.size = [](void *user, std::uint64_t *out_size) noexcept -> int {
            return run(user, [&](source &it) { *out_size = it.size(); });
        };
        io.close = [](void *user) noexcept { delete static_cast<served_source *>(user); };
        return io;
    }
};

} // namespace detail

template <class F> void source::give(std::unique_ptr<source> from, F &&function) {
    if (!from) {
        throw error(SMZ_ERR_INVALID_ARGUMENT, "the source is NULL");
    }
    auto given = std::make_unique<detail::served_source>();
    given->from = std::move(from);
    given->exceptions = std::make_shared<detail::thrown::of_source>();
    // What it throws is kept until this call has ended, though it may be closed before.
    const auto kept = given->exceptions;
    const smz_io io = given->callbacks();
    smz_error *details = nullptr;
    const smz_status status = function(&io, &details);
    if (status != SMZ_ERR_INVALID_ARGUMENT) {
        (void)given.release(); // `close` was called or will be
    }
    if (status < 0) {
        detail::fail(status, details);
    }
}

/** The bytes of a message's content or an entry. */
class reader {
public:
    explicit reader(smz_reader *handle) : handle_(handle) {}
    /** Reads up to len bytes; 0 only at the end, after every check. */
    std::size_t read(void *buf, std::size_t len) {
        std::size_t count = 0;
        detail::call([&](smz_error **e) {
            return smz_reader_read(live(), static_cast<std::uint8_t *>(buf), len, &count, e);
        });
        return count;
    }
    /** Reads at a position; contents of messages only. */
    std::size_t read_at(std::uint64_t offset, void *buf, std::size_t len) const {
        std::size_t count = 0;
        detail::call([&](smz_error **e) {
            return smz_reader_read_at(live(), offset, static_cast<std::uint8_t *>(buf), len, &count, e);
        });
        return count;
    }
    /** Moves the position, as fseek() does; contents of messages only. */
    std::uint64_t seek(std::int64_t offset, int whence = 0) {
        std::uint64_t position = 0;
        detail::call([&](smz_error **e) {
            return smz_reader_seek(live(), offset, whence, &position, e);
        });
        return position;
    }
    /** Bytes in all. */
    std::uint64_t size() const noexcept { return smz_reader_size(get()); }
    /** SMZ_INTEGRITY_... */
    std::int32_t integrity() const noexcept { return smz_reader_integrity(get()); }
    /** NULL if it was moved from. */
    smz_reader *get() const noexcept { return handle_.get(); }

private:
    smz_reader *live() const { return detail::live(handle_, "smz::reader"); }

    detail::handle<smz_reader, smz_reader_free> handle_;
};

/** A std::istream over a reader. It can be read once, from the start to the end; a failed read throws as
 * the reader does, as `exceptions(std::ios::badbit)` is set. */
class istream : public std::istream {
public:
    explicit istream(reader from) : std::istream(nullptr), buffer_(std::move(from)) {
        rdbuf(&buffer_);
        exceptions(std::ios::badbit);
    }
    istream(const istream &) = delete;
    istream &operator=(const istream &) = delete;

private:
    class buffer : public std::streambuf {
    public:
        explicit buffer(reader from) : reader_(std::move(from)) {}

    private:
        int_type underflow() override {
            const std::size_t count = reader_.read(bytes_.data(), bytes_.size());
            setg(bytes_.data(), bytes_.data(), bytes_.data() + count);
            return count == 0 ? traits_type::eof() : traits_type::to_int_type(*gptr());
        }

        reader reader_;
        std::vector<char> bytes_ = std::vector<char>(256 * 1024);
    };

    buffer buffer_;
};

/** A message, opened without a key. */
class message {
public:
    explicit message(smz_message *handle) : handle_(handle) {}
    /** Opens the message in a file. */
    static message open(const std::string &path, const options &with = options()) {
        smz_message *out = nullptr;
        with.call([&](smz_error **e) {
            return smz_message_open_file(path.c_str(), with.live(), &out, e);
        });
        return message(out);
    }
    /** Opens a message that your program serves. */
    static message open(std::unique_ptr<source> from, const options &with = options()) {
        smz_message *out = nullptr;
        source::give(std::move(from), [&](const smz_io *io, smz_error **e) {
            return smz_message_open_io(io, with.live(), &out, e);
        });
        return message(out);
    }
    /** What is known without a key; texts live as long as the message. */
    smz_message_info info() const {
        auto info = detail::sized<smz_message_info>();
        detail::check(smz_message_get_info(live(), &info));
        return info;
    }
    /** A recipient; what it points to lives as long as the message. */
    smz_recipient recipient(std::uint64_t index) const {
        auto recipient = detail::sized<smz_recipient>();
        const smz_status status = smz_message_get_recipient(live(), index, &recipient);
        detail::check_index(status, "recipient", index);
        return recipient;
    }
    /** The decrypted content. */
    reader decrypt(const keyring &keys) const {
        smz_reader *out = nullptr;
        detail::call([&](smz_error **e) { return smz_message_decrypt(live(), keys.live(), nullptr, &out, e); });
        return reader(out);
    }
    /** Decrypts all of it to a file, which is there complete or as it was. */
    void decrypt_to_file(const keyring &keys, const std::string &path,
                         const options &with = options()) const {
        with.call([&](smz_error **e) {
            return smz_message_decrypt_to_file(live(), keys.live(), path.c_str(), with.live(), e);
        });
    }
    /** NULL if it was moved from. */
    smz_message *get() const noexcept { return handle_.get(); }

private:
    smz_message *live() const { return detail::live(handle_, "smz::message"); }

    detail::handle<smz_message, smz_message_free> handle_;
};

/** Decrypts a message that is fed forward. Nothing is verified before finish() returned 0. */
class decoder {
public:
    explicit decoder(const keyring &keys, const options &with = options()) {
        smz_decoder *out = nullptr;
        with.call([&](smz_error **e) {
            return smz_decoder_new(keys.live(), with.live(), &out, e);
        });
        handle_.reset(out);
    }
    /** Returns how much was consumed and produced. */
    std::pair<std::size_t, std::size_t> process(const void *input, std::size_t input_len, void *output,
                                                std::size_t output_len) {
        std::pair<std::size_t, std::size_t> done;
        detail::call([&](smz_error **e) {
            return smz_decoder_process(live(), static_cast<const std::uint8_t *>(input), input_len,
                                       &done.first, static_cast<std::uint8_t *>(output), output_len,
                                       &done.second, e);
        });
        return done;
    }
    /** To be called until it returns 0. */
    std::size_t finish(void *output, std::size_t output_len) {
        std::size_t count = 0;
        detail::call([&](smz_error **e) {
            return smz_decoder_finish(live(), static_cast<std::uint8_t *>(output), output_len,
                                      &count, e);
        });
        return count;
    }

private:
    smz_decoder *live() const { return detail::live(handle_, "smz::decoder"); }

    detail::handle<smz_decoder, smz_decoder_free> handle_;
};

/** The parts of an export. */
class set {
public:
    /** An empty set, for parts that your program serves. */
    set() : handle_(detail::made<smz_set, smz_set_free>(smz_set_new())) {}
    /** The set that a file is a part of, or the only one in a folder. */
    static set discover(const std::string &any_part) {
        smz_set *out = nullptr;
        detail::call([&](smz_error **e) { return smz_set_discover(any_part.c_str(), &out, e); });
        return set(out);
    }
    /** Adds a part that your program serves. */
    set &add(const std::string &name, std::unique_ptr<source> from) {
        source::give(std::move(from), [&](const smz_io *io, smz_error **e) {
            return smz_set_add_io(live(), name.c_str(), io, e);
        });
        return *this;
    }
    /** Parts present, missing and duplicate; names live as long as the set. */
    std::vector<smz_part> parts() const {
        std::vector<smz_part> parts(smz_set_part_count(live()), detail::sized<smz_part>());
        for (std::size_t at = 0; at < parts.size(); ++at) {
            (void)detail::thrown::take_last();
            const smz_status status = smz_set_get_part(live(), at, &parts[at]);
            // Where a size cannot be told, it is unknown; but not where a source threw.
            if (const auto exception = detail::thrown::find(detail::thrown::take_last())) {
                std::rethrow_exception(exception);
            }
            detail::check(status);
        }
        return parts;
    }
    /** NULL if it was moved from. */
    smz_set *get() const noexcept { return handle_.get(); }
    /** As get(), but an error if it was moved from. */
    smz_set *live() const { return detail::live(handle_, "smz::set"); }

private:
    explicit set(smz_set *handle) : handle_(handle) {}
    detail::handle<smz_set, smz_set_free> handle_;
};

/** What an extraction or a verification did. */
class report {
public:
    report(smz_report *handle, bool partial) : handle_(handle), partial_(partial) {}
    /** Whether entries failed and were left out (SMZ_OPTION_KEEP_GOING). */
    bool is_partial() const noexcept { return partial_; }
    /** The numbers. */
    smz_summary summary() const {
        auto summary = detail::sized<smz_summary>();
        detail::check(smz_report_get_summary(live(), &summary));
        return summary;
    }
    /** An entry that failed; texts live as long as the report. */
    smz_error_info failed(std::uint64_t index) const {
        return one<smz_error_info>(smz_report_get_failed, "entry that failed", index);
    }
    /** An entry that was left out; its name lives as long as the report. */
    smz_skipped skipped(std::uint64_t index) const {
        return one<smz_skipped>(smz_report_get_skipped, "entry that was left out", index);
    }
    /** An entry whose file has another name; both live as long as the report. */
    smz_renamed renamed(std::uint64_t index) const {
        return one<smz_renamed>(smz_report_get_renamed, "entry that was renamed", index);
    }
    /** A deviation that was accepted; texts live as long as the report. */
    smz_oddity oddity(std::uint64_t index) const {
        return one<smz_oddity>(smz_report_get_oddity, "oddity", index);
    }

private:
    smz_report *live() const { return detail::live(handle_, "smz::report"); }

    template <class T>
    T one(smz_status (*get)(const smz_report *, std::uint64_t, T *), const char *what,
          std::uint64_t index) const {
        auto value = detail::sized<T>();
        detail::check_index(get(live(), index, &value), what, index);
        return value;
    }

    detail::handle<smz_report, smz_report_free> handle_;
    bool partial_;
};

/** An export unlocked. */
class archive {
public:
    archive(const set &of, const keyring &keys, const options &with = options()) {
        smz_archive *out = nullptr;
        with.call([&](smz_error **e) {
            return smz_archive_open(of.live(), keys.live(), with.live(), &out, e);
        });
        handle_.reset(out);
    }
    /** How many entries there are. */
    std::uint64_t size() const noexcept { return smz_archive_entry_count(get()); }
    /** SMZ_INTEGRITY_..., that of the weakest part. */
    std::int32_t integrity() const noexcept { return smz_archive_integrity(get()); }
    /** An entry; its name, which is not checked, and its path, NULL if it is not safe, live as long as the
        archive. */
    smz_entry operator[](std::uint64_t index) const {
        auto entry = detail::sized<smz_entry>();
        detail::check_index(smz_archive_get_entry(live(), index, &entry), "entry", index);
        return entry;
    }
    /** How many kinds of deviations from the standard its directory has that were accepted. */
    std::uint64_t oddity_count() const noexcept { return smz_archive_oddity_count(get()); }
    /** One of them; texts live as long as the archive. */
    smz_oddity oddity(std::uint64_t index) const {
        auto oddity = detail::sized<smz_oddity>();
        detail::check_index(smz_archive_get_oddity(live(), index, &oddity), "oddity", index);
        return oddity;
    }
    /** The index of the entry of exactly this name. */
    std::uint64_t find(const std::string &name) const {
        std::uint64_t index = 0;
        detail::call([&](smz_error **e) { return smz_archive_find(live(), name.c_str(), &index, e); });
        return index;
    }
    /** One entry to be read. */
    reader open(std::uint64_t index) const {
        smz_reader *out = nullptr;
        detail::call([&](smz_error **e) { return smz_archive_open_entry(live(), index, &out, e); });
        return reader(out);
    }
    /** Extracts one entry below a directory. */
    void extract_entry(std::uint64_t index, const std::string &directory,
                       const options &with = options()) const {
        with.call([&](smz_error **e) {
            return smz_archive_extract_entry(live(), index, directory.c_str(), with.live(), e);
        });
    }
    /** Extracts all that the options ask for. */
    report extract(const std::string &directory, const options &with = options()) const {
        return reported(with, [&](smz_report **out, smz_error **e) {
            return smz_archive_extract(live(), directory.c_str(), with.live(), out, e);
        });
    }
    /** Makes the checks of extract() that need no decompression, and writes nothing. */
    report dry_run(const std::string &directory, const options &with = options()) const {
        return reported(with, [&](smz_report **out, smz_error **e) {
            return smz_archive_dry_run(live(), directory.c_str(), with.live(), out, e);
        });
    }
    /** Makes every check and writes nothing. */
    report verify(const options &with = options()) const {
        return reported(with, [&](smz_report **out, smz_error **e) {
            return smz_archive_verify(live(), with.live(), out, e);
        });
    }
    /** NULL if it was moved from. */
    smz_archive *get() const noexcept { return handle_.get(); }

private:
    smz_archive *live() const { return detail::live(handle_, "smz::archive"); }

    template <class F> static report reported(const options &with, F &&function) {
        detail::handle<smz_report, smz_report_free> out;
        const smz_status status = with.call([&](smz_error **e) {
            smz_report *made = nullptr;
            const smz_status outcome = function(&made, e);
            out.reset(made);
            return outcome;
        });
        return report(out.release(), status == SMZ_PARTIAL);
    }

    detail::handle<smz_archive, smz_archive_free> handle_;
};

} // namespace smz

#endif /* SMIMEZIP_HPP */
