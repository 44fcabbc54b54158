/**
 * @file smimezip/keys.hpp
 * What messages are opened with: private keys, certificates, passwords, secret keys.
 * SPDX-License-Identifier: MIT OR Apache-2.0
 */
#ifndef SMIMEZIP_KEYS_HPP
#define SMIMEZIP_KEYS_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "../smimezip.h"
#include "detail.hpp"
#include "external.hpp"
#include "options.hpp"
#include "views.hpp"

namespace smz {

/** Private keys and certificates. */
class keyring {
public:
    /** Gives the passphrase for a key file, or nothing. What it throws comes out of the call. */
    using passphrase = std::function<std::optional<std::string>(std::string_view hint)>;

    keyring()
        : external_(std::make_shared<detail::external_keys>()),
          handle_(detail::made<smz_keyring, smz_keyring_free>(smz_keyring_new())) {}

    /** Adds all keys and certificates of a file. Of the options, the limits count. */
    keyring &add_file(const std::filesystem::path &path, passphrase ask = nullptr,
                      const options &with = options()) {
        asking state{std::move(ask), nullptr};
        const std::string text = detail::path_text(path);
        state.run(with, [&](smz_error **e) {
            return smz_keyring_add_file(live(), text.c_str(), asked, &state, with.live(), e);
        });
        return *this;
    }
    /** Adds all keys and certificates of a file in memory. */
    keyring &add_memory(bytes data, passphrase ask = nullptr, const options &with = options()) {
        asking state{std::move(ask), nullptr};
        state.run(with, [&](smz_error **e) {
            return smz_keyring_add_memory(live(), data.data(), data.size(), asked, &state,
                                          with.live(), e);
        });
        return *this;
    }
    /** Adds a password, for messages that were encrypted under one. */
    keyring &add_password(std::string_view password) {
        const bytes data(password);
        detail::call([&](smz_error **e) {
            return smz_keyring_add_password(live(), data.data(), data.size(), e);
        });
        return *this;
    }
    /** Adds a secret key of 16, 24 or 32 bytes that both sides have; without an identifier it is
     * tried for every message. */
    keyring &add_secret_key(bytes key, bytes identifier = bytes()) {
        detail::call([&](smz_error **e) {
            return smz_keyring_add_secret_key(live(), key.data(), key.size(), identifier.data(),
                                              identifier.size(), e);
        });
        return *this;
    }
    /** Adds an external key: one in a hardware module or a key service. With its certificate in
     * DER, it is asked about messages that name it only; without, about every one. */
    keyring &add_external(unwrap function, bytes certificate = bytes()) {
        (void)live();
        if (!function) {
            throw error(SMZ_ERR_INVALID_ARGUMENT, "the function of an external key is empty");
        }
        auto *key = external_->add(std::move(function));
        try {
            detail::call([&](smz_error **e) {
                return smz_keyring_add_external(live(), certificate.data(), certificate.size(),
                                                detail::external_keys::ask, key, e);
            });
        } catch (...) {
            external_->remove_last();
            throw;
        }
        return *this;
    }
    /** How many private keys it holds, external ones apart. */
    std::uint64_t key_count() const noexcept { return smz_keyring_key_count(handle_.get()); }
    /** NULL if it was moved from. */
    smz_keyring *get() const noexcept { return handle_.get(); }
    /** As get(), but an error if it was moved from. */
    smz_keyring *live() const { return detail::live(handle_, "smz::keyring"); }

    /** Calls a function that uses the keys; what an external key threw comes out of it. */
    template <class F> smz_status watch(F &&function, smz_error **e) const {
        (void)live();
        return external_->watch(std::forward<F>(function), e);
    }
    /** Its external keys, for what uses them when the key ring may be gone. */
    std::shared_ptr<detail::external_keys> external() const {
        (void)live();
        return external_;
    }

private:
    struct asking {
        passphrase ask;
        std::exception_ptr thrown;

        template <class F> void run(const options &with, F &&function) {
            detail::call([&](smz_error **e) {
                const smz_status status = with.watch(function, e);
                if (thrown) {
                    smz_error_free(std::exchange(*e, nullptr));
                    std::rethrow_exception(thrown);
                }
                return status;
            });
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

    // Declared first, as the handle has pointers to its keys and has to go before them.
    std::shared_ptr<detail::external_keys> external_;
    detail::handle<smz_keyring, smz_keyring_free> handle_;
};

namespace detail {

/** Calls a function with options, and what is watched for exceptions of callbacks besides. */
template <class F> smz_status call_with(const options &with, F &&function) {
    return call([&](smz_error **e) { return with.watch(function, e); });
}
template <class F> smz_status call_with(const options &with, const keyring &keys, F &&function) {
    return call([&](smz_error **e) {
        return keys.watch([&](smz_error **inner) { return with.watch(function, inner); }, e);
    });
}

} // namespace detail

} // namespace smz

#endif /* SMIMEZIP_KEYS_HPP */
