/**
 * @file smimezip/decoder.hpp
 * A message that comes from a pipe or a socket, front to back.
 * SPDX-License-Identifier: MIT OR Apache-2.0
 */
#ifndef SMIMEZIP_DECODER_HPP
#define SMIMEZIP_DECODER_HPP

#include <cstddef>
#include <cstdint>
#include <utility>

#include "../smimezip.h"
#include "detail.hpp"
#include "keys.hpp"
#include "options.hpp"

namespace smz {

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

} // namespace smz

#endif /* SMIMEZIP_DECODER_HPP */
