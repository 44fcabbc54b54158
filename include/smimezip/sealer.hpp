/**
 * @file smimezip/sealer.hpp
 * One message made, of a content that is fed forward.
 * SPDX-License-Identifier: MIT OR Apache-2.0
 */
#ifndef SMIMEZIP_SEALER_HPP
#define SMIMEZIP_SEALER_HPP

#include <cstddef>
#include <cstdint>
#include <functional>
#include <ios>
#include <ostream>
#include <utility>
#include <vector>

#include "../smimezip.h"
#include "detail.hpp"
#include "recipients.hpp"
#include "stream.hpp"
#include "views.hpp"

namespace smz {

/** How messages are made. With the defaults the documented `openssl smime -decrypt` opens them. */
class seal_options {
public:
    seal_options()
        : handle_(detail::made<smz_seal_options, smz_seal_options_free>(smz_seal_options_new())) {}
    /** Sets SMZ_SEAL_OPTION_... */
    seal_options &set(smz_seal_option option, std::uint64_t value) {
        detail::call(
            [&](smz_error **e) { return smz_seal_options_set_u64(live(), option, value, e); });
        return *this;
    }
    /** NULL if it was moved from. */
    smz_seal_options *get() const noexcept { return handle_.get(); }
    /** As get(), but an error if it was moved from. */
    smz_seal_options *live() const { return detail::live(handle_, "smz::seal_options"); }

private:
    detail::handle<smz_seal_options, smz_seal_options_free> handle_;
};

/** Seals one content that is fed from its first byte to its last. A message that was not finished
 * is cut off, which every reader sees. */
class sealer {
public:
    /** What one step did. */
    struct step {
        std::size_t consumed;
        std::size_t produced;
    };

    explicit sealer(const recipients &whom, const seal_options &with = seal_options()) {
        smz_sealer *out = nullptr;
        detail::call(
            [&](smz_error **e) { return smz_sealer_new(whom.live(), with.live(), &out, e); });
        handle_.reset(out);
    }
    /** Takes content and gives what of the message is ready, as much of both as it can; what was
     * not consumed is to be given again. */
    step process(bytes input, buffer output) {
        step done{};
        detail::call([&](smz_error **e) {
            return smz_sealer_process(live(), input.data(), input.size(), &done.consumed,
                                      output.data(), output.size(), &done.produced, e);
        });
        return done;
    }
    /** Ends the content and gives the rest of the message: to be called until it returns 0. */
    std::size_t finish(buffer output) {
        std::size_t count = 0;
        detail::call([&](smz_error **e) {
            return smz_sealer_finish(live(), output.data(), output.size(), &count, e);
        });
        return count;
    }

private:
    smz_sealer *live() const { return detail::live(handle_, "smz::sealer"); }

    detail::handle<smz_sealer, smz_sealer_free> handle_;
};

/**
 * A std::ostream for the content of a message, which goes sealed to another stream or to a
 * function. It is complete after finish() only: destroyed before, it leaves a message that is cut
 * off. A failed write throws what the output threw, as `exceptions(std::ios::badbit)` is set;
 * afterwards nothing but that comes of it.
 */
class sealed_ostream : public detail::passing_ostream {
public:
    /** Takes the next bytes of the message, all of them, or throws. */
    using output = std::function<void(bytes)>;

    /** Writes the message to a stream, which must be a binary one and must live as long. */
    sealed_ostream(sealer with, std::ostream &to)
        : sealed_ostream(std::move(with), [&to](bytes some) { pass_to(to, some); }) {}
    /** Gives the message to a function. */
    sealed_ostream(sealer with, output to)
        : passing_ostream([this](bytes content) { seal(content); }), sealer_(std::move(with)),
          to_(std::move(to)) {
        if (!to_) {
            throw error(SMZ_ERR_INVALID_ARGUMENT, "the output of smz::sealed_ostream is empty");
        }
    }
    /** Ends the content and writes the rest of the message. */
    void finish() {
        end([this] {
            while (const std::size_t count = sealer_.finish(room_)) {
                to_({room_.data(), count});
            }
        });
    }

private:
    static void pass_to(std::ostream &to, bytes some) {
        to.write(reinterpret_cast<const char *>(some.data()),
                 static_cast<std::streamsize>(some.size()));
        if (!to) {
            throw error(SMZ_ERR_IO, "the stream that a message goes to has failed");
        }
    }

    void seal(bytes content) {
        for (std::size_t at = 0; at < content.size();) {
            const auto done =
                sealer_.process({content.data() + at, content.size() - at}, room_);
            at += done.consumed;
            if (done.produced != 0) {
                to_({room_.data(), done.produced});
            }
        }
    }

    sealer sealer_;
    output to_;
    std::vector<std::uint8_t> room_ = std::vector<std::uint8_t>(96 * 1024);
};

} // namespace smz

#endif /* SMIMEZIP_SEALER_HPP */
