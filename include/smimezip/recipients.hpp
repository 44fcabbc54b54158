/**
 * @file smimezip/recipients.hpp
 * Whom a message or an export is made for.
 * SPDX-License-Identifier: MIT OR Apache-2.0
 */
#ifndef SMIMEZIP_RECIPIENTS_HPP
#define SMIMEZIP_RECIPIENTS_HPP

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "../smimezip.h"
#include "detail.hpp"
#include "views.hpp"

namespace smz {

/** How something is sealed for the owner of a certificate. */
class certificate_options {
public:
    certificate_options() noexcept : of_(detail::sized<smz_certificate_options>()) {}
    /** Says at which time the certificate must be valid, in whole seconds; else that is now. */
    certificate_options &valid_at(std::chrono::system_clock::time_point time) {
        of_.valid_at =
            std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
        return *this;
    }
    /** Takes a certificate that is valid at no time, too. */
    certificate_options &at_any_time() noexcept {
        of_.flags |= std::uint32_t{SMZ_CERTIFICATE_AT_ANY_TIME};
        return *this;
    }
    /** Names the recipient by the certificate's subjectKeyIdentifier. `openssl smime` does not open
     * such messages; `openssl cms` does. */
    certificate_options &by_key_identifier() noexcept {
        of_.flags |= std::uint32_t{SMZ_CERTIFICATE_BY_KEY_IDENTIFIER};
        return *this;
    }
    /** Sets SMZ_KEY_TRANSPORT_... */
    certificate_options &key_transport(std::int32_t how) noexcept {
        of_.key_transport = how;
        return *this;
    }
    /** All of it as smimezip.h has it. */
    const smz_certificate_options &raw() const noexcept { return of_; }

private:
    smz_certificate_options of_;
};

/** Whom something is sealed for: each of them opens it alone, with its own key. `for (auto text :
 * recipients)` goes through who they are. */
class recipients {
public:
    recipients()
        : handle_(detail::made<smz_recipients, smz_recipients_free>(smz_recipients_new())) {}
    /** Adds the owner of the first certificate in a file, PEM or DER.
     * SMZ_ERR_UNSUITABLE_CERTIFICATE if nothing can be sealed for it. */
    recipients &add_certificate_file(const std::filesystem::path &path,
                                     const certificate_options &with = certificate_options()) {
        const std::string text = detail::path_text(path);
        detail::call([&](smz_error **e) {
            return smz_recipients_add_certificate_file(live(), text.c_str(), &with.raw(), e);
        });
        return *this;
    }
    /** Adds the owner of the first certificate in a file in memory. */
    recipients &add_certificate_memory(bytes data,
                                       const certificate_options &with = certificate_options()) {
        detail::call([&](smz_error **e) {
            return smz_recipients_add_certificate_memory(live(), data.data(), data.size(),
                                                         &with.raw(), e);
        });
        return *this;
    }
    /** Adds whoever knows a password, which must be one that nobody guesses. `iterations` are those
     * of PBKDF2; 0 for the default. */
    recipients &add_password(std::string_view password, std::uint32_t iterations = 0) {
        const bytes data(password);
        detail::call([&](smz_error **e) {
            return smz_recipients_add_password(live(), data.data(), data.size(), iterations, e);
        });
        return *this;
    }
    /** Adds whoever has a secret key of 16, 24 or 32 bytes. The identifier is its name, which
     * everybody can read in the message. */
    recipients &add_secret_key(bytes key, bytes identifier) {
        detail::call([&](smz_error **e) {
            return smz_recipients_add_secret_key(live(), key.data(), key.size(), identifier.data(),
                                                 identifier.size(), e);
        });
        return *this;
    }
    /** How many there are. */
    std::uint64_t size() const noexcept { return smz_recipients_count(get()); }
    bool empty() const noexcept { return size() == 0; }
    /** Who a recipient is, for a person: the certificate's subject, issuer and serial number. */
    std::string operator[](std::uint64_t index) const {
        const char *const text = smz_recipients_text(live(), index);
        detail::check_index(text ? SMZ_OK : SMZ_ERR_NOT_FOUND, "recipient", index);
        return text;
    }

    using iterator = detail::iterator<recipients, std::string, &recipients::operator[]>;
    iterator begin() const {
        (void)live();
        return {this, 0};
    }
    iterator end() const { return {this, size()}; }

    /** NULL if it was moved from. */
    smz_recipients *get() const noexcept { return handle_.get(); }
    /** As get(), but an error if it was moved from. */
    smz_recipients *live() const { return detail::live(handle_, "smz::recipients"); }

private:
    detail::handle<smz_recipients, smz_recipients_free> handle_;
};

} // namespace smz

#endif /* SMIMEZIP_RECIPIENTS_HPP */
