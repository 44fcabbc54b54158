/**
 * @file smimezip/views.hpp
 * What arguments and results are made of: views of bytes, paths, texts and times that may be
 * absent, lists.
 * Nothing here calls the library.
 * SPDX-License-Identifier: MIT OR Apache-2.0
 */
#ifndef SMIMEZIP_VIEWS_HPP
#define SMIMEZIP_VIEWS_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "../smimezip.h"
#include "error.hpp"

namespace smz {

namespace detail {

/** Bytes that are somebody else's: Byte is std::uint8_t, const or not. */
template <class Byte> class view {
    template <class T>
    static constexpr bool is_byte = sizeof(T) == 1 && std::is_trivially_copyable<T>::value;
    using any = std::conditional_t<std::is_const<Byte>::value, const void, void>;

public:
    /** No bytes. */
    view() noexcept = default;
    view(any *data, std::size_t size) noexcept : data_(static_cast<Byte *>(data)), size_(size) {}
    /** Those of a string, a vector, an array, a span of any one-byte type. */
    template <class C, class T = std::remove_pointer_t<decltype(std::declval<C &>().data())>,
              class = std::enable_if_t<
                  is_byte<T> && !std::is_same<std::decay_t<C>, view>::value &&
                  std::is_convertible<decltype(std::declval<C &>().data()), any *>::value>>
    view(C &&of) noexcept : view(of.data(), of.size()) {}

    Byte *data() const noexcept { return data_; }
    std::size_t size() const noexcept { return size_; }

private:
    Byte *data_ = nullptr;
    std::size_t size_ = 0;
};

/** A path as smimezip.h takes it: its bytes on Unix, UTF-8 on Windows. */
inline std::string path_text(const std::filesystem::path &path) {
#ifdef _WIN32
    const auto utf8 = path.u8string();
    std::string text(utf8.begin(), utf8.end());
#else
    std::string text = path.native();
#endif
    if (text.find('\0') != std::string::npos) {
        throw error(SMZ_ERR_INVALID_ARGUMENT, "a path has a NUL in it");
    }
    return text;
}

/** A text that ends with a NUL. */
inline std::string text(std::string_view of) {
    if (of.find('\0') != std::string_view::npos) {
        throw error(SMZ_ERR_INVALID_ARGUMENT, "a text has a NUL in it");
    }
    return std::string(of);
}

/** A text that may be NULL. */
inline std::optional<std::string_view> maybe(const char *text) {
    return text ? std::make_optional<std::string_view>(text) : std::nullopt;
}

/** A time that may be none, or beyond those that the clock has. */
inline std::optional<std::chrono::system_clock::time_point> time(std::int64_t seconds,
                                                                 std::uint32_t nanoseconds) {
    using clock = std::chrono::system_clock;
    const std::chrono::seconds since_1970(seconds);
    if (since_1970 < std::chrono::ceil<std::chrono::seconds>(clock::duration::min()) ||
        since_1970 >= std::chrono::floor<std::chrono::seconds>(clock::duration::max())) {
        return std::nullopt;
    }
    const std::chrono::nanoseconds rest(nanoseconds);
    return clock::time_point(since_1970 + std::chrono::duration_cast<clock::duration>(rest));
}

/** Goes through what an object has by index; what Get returns is made anew each time. */
template <class Of, class T, T (Of::*Get)(std::uint64_t) const> class iterator {
public:
    using iterator_category = std::input_iterator_tag;
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    using pointer = const T *;
    using reference = T;

    iterator() noexcept = default;
    iterator(const Of *of, std::uint64_t index) noexcept : of_(of), index_(index) {}
    T operator*() const { return (of_->*Get)(index_); }
    iterator &operator++() noexcept {
        ++index_;
        return *this;
    }
    iterator operator++(int) noexcept {
        iterator before = *this;
        ++index_;
        return before;
    }
    bool operator==(const iterator &other) const noexcept { return index_ == other.index_; }
    bool operator!=(const iterator &other) const noexcept { return index_ != other.index_; }

private:
    const Of *of_ = nullptr;
    std::uint64_t index_ = 0;
};

/** One of the lists that an object has; to be used while that object lives. */
template <class Of, class T, T (Of::*Get)(std::uint64_t) const> class list {
public:
    using iterator = detail::iterator<Of, T, Get>;

    list(const Of *of, std::uint64_t size) noexcept : of_(of), size_(size) {}
    std::uint64_t size() const noexcept { return size_; }
    bool empty() const noexcept { return size_ == 0; }
    /** SMZ_ERR_NOT_FOUND for an index that is too large. */
    T operator[](std::uint64_t index) const { return (of_->*Get)(index); }
    iterator begin() const noexcept { return {of_, 0}; }
    iterator end() const noexcept { return {of_, size_}; }

private:
    const Of *of_;
    std::uint64_t size_;
};

} // namespace detail

/** Bytes to be read: of a string, a vector, an array, a span, or a pointer and a size. */
using bytes = detail::view<const std::uint8_t>;
/** Room for bytes: as ::bytes, but not const. */
using buffer = detail::view<std::uint8_t>;

} // namespace smz

#endif /* SMIMEZIP_VIEWS_HPP */
