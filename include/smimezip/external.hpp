/**
 * @file smimezip/external.hpp
 * External keys: what they are asked, and how what they throw finds the call that asked.
 * SPDX-License-Identifier: MIT OR Apache-2.0
 */
#ifndef SMIMEZIP_EXTERNAL_HPP
#define SMIMEZIP_EXTERNAL_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "../smimezip.h"
#include "detail.hpp"

namespace smz {

/** Decrypts a recipient's key in a hardware module or a key service: fills `key` and returns 0, or
 * returns SMZ_UNWRAP_NOT_MINE, SMZ_UNWRAP_UNREACHABLE or SMZ_ERR_CANCELLED as ::smz_unwrap_fn says;
 * anything else is "could not be decrypted". Called on any thread, one at a time for each key. What
 * it throws ends the call and comes out of it. Where it throws in several calls with one key ring
 * that run at the same time, each of them gets one of these exceptions, perhaps that of another. */
using unwrap = std::function<int(const smz_recipient &recipient, std::uint8_t *key,
                                 std::size_t key_size)>;

namespace detail {

/**
 * The external keys of a key ring, and what they threw, until the calls that asked them have ended.
 * The library has its own threads ask, so a call takes the first exception that came while it ran.
 */
class external_keys {
public:
    /** A key of it; C gets a pointer to it. */
    struct key {
        external_keys *of;
        unwrap function;
    };

    key *add(unwrap function) {
        keys_.push_back(std::make_unique<key>(key{this, std::move(function)}));
        return keys_.back().get();
    }
    void remove_last() noexcept { keys_.pop_back(); }

    static int ask(void *user, const smz_recipient *recipient, std::uint8_t *out_key,
                   std::size_t key_size) noexcept {
        auto *it = static_cast<key *>(user);
        try {
            return it->function(*recipient, out_key, key_size);
        } catch (...) {
            it->of->keep();
            return SMZ_ERR_CANCELLED;
        }
    }

    /** Calls a function that may ask the keys; what one threw comes out of it. */
    template <class F> smz_status watch(F &&function, smz_error **e) {
        const running call(*this);
        const smz_status status = function(e);
        if (status == SMZ_ERR_CANCELLED) {
            if (const auto thrown = take(call.since)) {
                smz_error_free(std::exchange(*e, nullptr));
                std::rethrow_exception(thrown);
            }
        }
        return status;
    }

private:
    struct exception {
        std::uint64_t number;
        std::exception_ptr what;
    };

    /** A call that runs. The last one to end forgets what nobody took. */
    struct running {
        external_keys &of;
        std::uint64_t since;

        explicit running(external_keys &keys) : of(keys), since(0) {
            const std::lock_guard<std::mutex> lock(of.mutex_);
            ++of.calls_;
            since = of.next_;
        }
        running(const running &) = delete;
        running &operator=(const running &) = delete;
        ~running() {
            const std::lock_guard<std::mutex> lock(of.mutex_);
            if (--of.calls_ == 0) {
                of.thrown_.clear();
            }
        }
    };

    void keep() noexcept {
        try {
            const std::lock_guard<std::mutex> lock(mutex_);
            thrown_.push_back({next_++, std::current_exception()});
        } catch (...) {
            return; // no memory: the call ends as a cancelled one
        }
    }

    /** The exception of a call that began at that number, or none. */
    std::exception_ptr take(std::uint64_t since) {
        const std::lock_guard<std::mutex> lock(mutex_);
        const auto at = std::find_if(thrown_.begin(), thrown_.end(), [&](const exception &it) {
            return it.number >= since;
        });
        if (at == thrown_.end()) {
            return nullptr;
        }
        const auto found = at->what;
        thrown_.erase(at);
        return found;
    }

    std::vector<std::unique_ptr<key>> keys_;
    std::mutex mutex_;
    std::vector<exception> thrown_;
    std::uint64_t next_ = 0;
    std::size_t calls_ = 0;
};

} // namespace detail

} // namespace smz

#endif /* SMIMEZIP_EXTERNAL_HPP */
