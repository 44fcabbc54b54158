/**
 * @file smimezip/reader.hpp
 * Decrypted bytes: of a message's content, or of an entry.
 * SPDX-License-Identifier: MIT OR Apache-2.0
 */
#ifndef SMIMEZIP_READER_HPP
#define SMIMEZIP_READER_HPP

#include <cstddef>
#include <cstdint>
#include <ios>
#include <istream>
#include <optional>
#include <streambuf>
#include <utility>
#include <vector>

#include "../smimezip.h"
#include "detail.hpp"
#include "views.hpp"

namespace smz {

/** The bytes of a message's content or an entry. */
class reader {
public:
    explicit reader(smz_reader *handle) : handle_(handle) {}
    /** Reads as many bytes as fit, or fewer; 0 only at the end, after every check. */
    std::size_t read(buffer into) {
        std::size_t count = 0;
        detail::call([&](smz_error **e) {
            return smz_reader_read(live(), into.data(), into.size(), &count, e);
        });
        return count;
    }
    /** Reads at a position; contents of messages only. */
    std::size_t read_at(std::uint64_t offset, buffer into) const {
        std::size_t count = 0;
        detail::call([&](smz_error **e) {
            return smz_reader_read_at(live(), offset, into.data(), into.size(), &count, e);
        });
        return count;
    }
    /** Moves the position of read(), and returns it; contents of messages only. */
    std::uint64_t seek(std::int64_t offset, std::ios_base::seekdir from = std::ios_base::beg) {
        const int whence = from == std::ios_base::beg ? 0 : from == std::ios_base::cur ? 1 : 2;
        std::uint64_t position = 0;
        detail::call([&](smz_error **e) {
            return smz_reader_seek(live(), offset, whence, &position, e);
        });
        return position;
    }
    /** Bytes in all. */
    std::uint64_t size() const noexcept { return smz_reader_size(get()); }
    /** SMZ_INTEGRITY_... */
    std::int32_t integrity() const noexcept { return smz_reader_integrity(get()); }
    /** Which of the message's recipients was opened; none for an entry. */
    std::optional<std::uint64_t> recipient() const {
        const std::uint64_t index = smz_reader_recipient(get());
        return index == SMZ_UNKNOWN ? std::nullopt : std::make_optional(index);
    }
    /** NULL if it was moved from. */
    smz_reader *get() const noexcept { return handle_.get(); }

private:
    smz_reader *live() const { return detail::live(handle_, "smz::reader"); }

    detail::handle<smz_reader, smz_reader_free> handle_;
};

/** A std::istream over a reader. It can be read once, from the start to the end; a failed read
 * throws as the reader does, as `exceptions(std::ios::badbit)` is set. */
class istream : public std::istream {
public:
    explicit istream(reader from) : std::istream(nullptr), buffer_(std::move(from)) {
        rdbuf(&buffer_);
        exceptions(std::ios::badbit);
    }
    istream(const istream &) = delete;
    istream &operator=(const istream &) = delete;

private:
    class buffer : public std::streambuf {
    public:
        explicit buffer(reader from) : reader_(std::move(from)) {}

    private:
        int_type underflow() override {
            const std::size_t count = reader_.read(bytes_);
            setg(bytes_.data(), bytes_.data(), bytes_.data() + count);
            return count == 0 ? traits_type::eof() : traits_type::to_int_type(*gptr());
        }

        reader reader_;
        std::vector<char> bytes_ = std::vector<char>(256 * 1024);
    };

    buffer buffer_;
};

} // namespace smz

#endif /* SMIMEZIP_READER_HPP */
