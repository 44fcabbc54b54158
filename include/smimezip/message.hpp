/**
 * @file smimezip/message.hpp
 * One message: what it says without a key, and its content.
 * SPDX-License-Identifier: MIT OR Apache-2.0
 */
#ifndef SMIMEZIP_MESSAGE_HPP
#define SMIMEZIP_MESSAGE_HPP

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "../smimezip.h"
#include "detail.hpp"
#include "keys.hpp"
#include "options.hpp"
#include "reader.hpp"
#include "source.hpp"
#include "views.hpp"

namespace smz {

/** For whom a message is. What it gives lives as long as the message. */
class recipient {
public:
    explicit recipient(const smz_recipient &of) noexcept : of_(of) {}
    /** SMZ_RECIPIENT_... */
    std::int32_t kind() const noexcept { return of_.kind; }
    /** Whom it names, for a person. */
    std::string_view text() const noexcept { return of_.text; }
    /** The issuer's distinguished name (RFC 4514) of the certificate it names. */
    std::optional<std::string_view> issuer() const { return detail::maybe(of_.issuer); }
    /** The serial number of that certificate, big-endian. */
    std::optional<bytes> serial_number() const {
        return some(of_.serial_number, of_.serial_number_len);
    }
    /** The subjectKeyIdentifier of that certificate, or the name of a secret key. */
    std::optional<bytes> subject_key_identifier() const {
        return some(of_.subject_key_identifier, of_.subject_key_identifier_len);
    }
    /** How the content-encryption key is encrypted: "RSAES-PKCS1-v1_5". */
    std::optional<std::string_view> key_encryption_algorithm() const {
        return detail::maybe(of_.key_encryption_algorithm);
    }
    /** The whole RecipientInfo. */
    std::optional<bytes> der() const { return some(of_.der, of_.der_len); }
    /** Why nobody's key can open it with this library, if so. */
    std::optional<std::string_view> unsupported() const { return detail::maybe(of_.unsupported); }
    /** All of it as smimezip.h has it. */
    const smz_recipient &raw() const noexcept { return of_; }

private:
    static std::optional<bytes> some(const std::uint8_t *data, std::size_t size) {
        return data ? std::make_optional<bytes>(data, size) : std::nullopt;
    }

    smz_recipient of_;
};

/** A message, opened without a key. */
class message {
    recipient get_recipient(std::uint64_t index) const {
        return recipient(detail::at_index(smz_message_get_recipient, live(), "recipient", index));
    }

public:
    using recipient_list = detail::list<message, recipient, &message::get_recipient>;

    explicit message(smz_message *handle) : handle_(handle) {}
    /** Opens the message in a file. */
    static message open(const std::filesystem::path &path, const options &with = options()) {
        const std::string text = detail::path_text(path);
        smz_message *out = nullptr;
        detail::call_with(with, [&](smz_error **e) {
            return smz_message_open_file(text.c_str(), with.live(), &out, e);
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
    /** Opens the message in memory, which is **not copied**: it has to stay as it is until the
     * message and its readers are gone. */
    static message open_memory(bytes data, const options &with = options()) {
        smz_message *out = nullptr;
        detail::call_with(with, [&](smz_error **e) {
            return smz_message_open_memory(data.data(), data.size(), with.live(), &out, e);
        });
        return message(out);
    }
    /** What is known without a key; texts live as long as the message. */
    smz_message_info info() const {
        auto info = detail::sized<smz_message_info>();
        detail::check(smz_message_get_info(live(), &info));
        return info;
    }
    /** For whom it is. */
    recipient_list recipients() const { return {this, info().recipient_count}; }
    /** The decrypted content. An authenticated message is read and verified whole first. */
    reader decrypt(const keyring &keys, const options &with = options()) const {
        smz_reader *out = nullptr;
        detail::call_with(with, keys, [&](smz_error **e) {
            return smz_message_decrypt(live(), keys.live(), with.live(), &out, e);
        });
        return reader(out);
    }
    /** Decrypts all of it to a file, which is there complete or as it was. */
    void decrypt_to_file(const keyring &keys, const std::filesystem::path &path,
                         const options &with = options()) const {
        const std::string text = detail::path_text(path);
        detail::call_with(with, keys, [&](smz_error **e) {
            return smz_message_decrypt_to_file(live(), keys.live(), text.c_str(), with.live(), e);
        });
    }
    /** NULL if it was moved from. */
    smz_message *get() const noexcept { return handle_.get(); }

private:
    smz_message *live() const { return detail::live(handle_, "smz::message"); }

    detail::handle<smz_message, smz_message_free> handle_;
};

} // namespace smz

#endif /* SMIMEZIP_MESSAGE_HPP */
