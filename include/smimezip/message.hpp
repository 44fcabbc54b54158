/**
 * @file smimezip/message.hpp
 * One message: what it says without a key, and its content.
 * SPDX-License-Identifier: MIT OR Apache-2.0
 */
#ifndef SMIMEZIP_MESSAGE_HPP
#define SMIMEZIP_MESSAGE_HPP

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "../smimezip.h"
#include "detail.hpp"
#include "keys.hpp"
#include "options.hpp"
#include "reader.hpp"
#include "source.hpp"

namespace smz {

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
        detail::call([&](smz_error **e) { return smz_message_decrypt(live(), keys.live(), &out, e); });
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

} // namespace smz

#endif /* SMIMEZIP_MESSAGE_HPP */
