/**
 * @file smimezip/detail.hpp
 * What the other headers share: handles, calls that may fail, exceptions on their way through the
 * library. Programs do not use it.
 * SPDX-License-Identifier: MIT OR Apache-2.0
 */
#ifndef SMIMEZIP_DETAIL_HPP
#define SMIMEZIP_DETAIL_HPP

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "../smimezip.h"
#include "error.hpp"

namespace smz {

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
 * What sources threw, each under a number that goes through the library as an error of the
 * operating system: so every call finds its own, on whatever thread it was thrown. Sources keep
 * their last ones, as errors of readers stick.
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

/** What an object has under an index. */
template <class T, class Handle>
T at_index(smz_status (*get)(const Handle *, std::uint64_t, T *), const Handle *of,
           const char *what, std::uint64_t index) {
    T value = sized<T>();
    check_index(get(of, index, &value), what, index);
    return value;
}

} // namespace detail

} // namespace smz

#endif /* SMIMEZIP_DETAIL_HPP */
