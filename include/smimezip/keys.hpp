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
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "../smimezip.h"
#include "detail.hpp"

namespace smz {

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

} // namespace smz

#endif /* SMIMEZIP_KEYS_HPP */
