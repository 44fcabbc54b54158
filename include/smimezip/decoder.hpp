/**
 * @file smimezip/decoder.hpp
 * A message that comes from a pipe or a socket, front to back.
 * SPDX-License-Identifier: MIT OR Apache-2.0
 */
#ifndef SMIMEZIP_DECODER_HPP
#define SMIMEZIP_DECODER_HPP

#include <cstddef>
#include <cstdint>
#include <memory>

#include "../smimezip.h"
#include "detail.hpp"
#include "external.hpp"
#include "keys.hpp"
#include "options.hpp"
#include "views.hpp"

namespace smz {

/** Decrypts a message that is fed forward. Nothing is verified before finish() returned 0. */
class decoder {
public:
    /** What one step did. */
    struct step {
        std::size_t consumed;
        std::size_t produced;
    };

    explicit decoder(const keyring &keys, const options &with = options())
        : external_(keys.external()) {
        smz_decoder *out = nullptr;
        detail::call_with(with, [&](smz_error **e) {
            return smz_decoder_new(keys.live(), with.live(), &out, e);
        });
        handle_.reset(out);
    }
    /** Takes input and gives output, as much of both as it can; what was not consumed is to be
     * given again. */
    step process(bytes input, buffer output) {
        step done{};
        watched([&](smz_error **e) {
            return smz_decoder_process(live(), input.data(), input.size(), &done.consumed,
                                       output.data(), output.size(), &done.produced, e);
        });
        return done;
    }
    /** Gives the rest of the content: to be called until it returns 0. */
    std::size_t finish(buffer output) {
        std::size_t count = 0;
        watched([&](smz_error **e) {
            return smz_decoder_finish(live(), output.data(), output.size(), &count, e);
        });
        return count;
    }

private:
    smz_decoder *live() const { return detail::live(handle_, "smz::decoder"); }

    template <class F> void watched(F &&function) {
        (void)live();
        detail::call([&](smz_error **e) { return external_->watch(function, e); });
    }

    // Declared first, as the handle has pointers to its keys and has to go before them.
    std::shared_ptr<detail::external_keys> external_;
    detail::handle<smz_decoder, smz_decoder_free> handle_;
};

} // namespace smz

#endif /* SMIMEZIP_DECODER_HPP */
