/**
 * @file smimezip/set.hpp
 * The files of a split export, before they are opened.
 * SPDX-License-Identifier: MIT OR Apache-2.0
 */
#ifndef SMIMEZIP_SET_HPP
#define SMIMEZIP_SET_HPP

#include <cstdint>
#include <exception>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../smimezip.h"
#include "detail.hpp"
#include "message.hpp"
#include "options.hpp"
#include "source.hpp"
#include "views.hpp"

namespace smz {

/** A part of a set. Its name lives as long as the set. */
class part {
public:
    part(const smz_part &of, std::uint64_t index) noexcept : of_(of), index_(index) {}
    /** Its position in the list of parts. */
    std::uint64_t index() const noexcept { return index_; }
    /** Its file name. */
    std::string_view name() const noexcept { return of_.name; }
    /** NN of `.zNN` or `.zip.NNN`; 0 for `.zip`, which is the last part, and for those that are not
     * present. */
    std::uint64_t number() const noexcept { return of_.number; }
    /** Bytes of the part as it is, if known. */
    std::optional<std::uint64_t> size() const {
        return of_.size == SMZ_UNKNOWN ? std::nullopt : std::make_optional(of_.size);
    }
    /** SMZ_PART_... */
    std::int32_t state() const noexcept { return of_.state; }
    bool is_present() const noexcept { return of_.state == SMZ_PART_PRESENT; }
    /** Whether it is a copy by its name, and is taken as the original is not there. */
    bool is_stand_in() const noexcept { return of_.is_stand_in != 0; }

private:
    smz_part of_;
    std::uint64_t index_;
};

/** The parts of an export: present, missing and duplicate. `for (auto part : set)` goes through
 * them. */
class set {
public:
    /** An empty set, for parts that your program serves. */
    set() : handle_(detail::made<smz_set, smz_set_free>(smz_set_new())) {}
    explicit set(smz_set *handle) : handle_(handle) {}
    /** The set that a file is a part of, or the only one in a folder. */
    static set discover(const std::filesystem::path &any_part) {
        const std::string text = detail::path_text(any_part);
        smz_set *out = nullptr;
        detail::call([&](smz_error **e) { return smz_set_discover(text.c_str(), &out, e); });
        return set(out);
    }
    /** All sets in a folder, or the one that a file is a part of. */
    static std::vector<set> discover_all(const std::filesystem::path &path) {
        const std::string text = detail::path_text(path);
        smz_set_list *list = nullptr;
        detail::call([&](smz_error **e) { return smz_set_discover_all(text.c_str(), &list, e); });
        const detail::handle<smz_set_list, smz_set_list_free> owned(list);
        std::vector<set> all;
        const std::uint64_t count = smz_set_list_count(list);
        for (std::uint64_t index = 0; index < count; ++index) {
            smz_set *out = nullptr;
            detail::call([&](smz_error **e) { return smz_set_list_get(list, index, &out, e); });
            all.push_back(set(out));
        }
        return all;
    }
    /** Adds a part that is in a file of any name; `name` is the part's. */
    set &add_file(std::string_view name, const std::filesystem::path &path) {
        const std::string text = detail::text(name);
        const std::string file = detail::path_text(path);
        detail::call([&](smz_error **e) {
            return smz_set_add_file(live(), text.c_str(), file.c_str(), e);
        });
        return *this;
    }
    /** Adds a part that is in memory. It is not copied: it must stay as it is until the set, and
     * every archive, salvage and reader made from it, are gone. */
    set &add_memory(std::string_view name, const void *data, std::size_t size) {
        const std::string text = detail::text(name);
        detail::call([&](smz_error **e) {
            return smz_set_add_memory(live(), text.c_str(), static_cast<const std::uint8_t *>(data),
                                      size, e);
        });
        return *this;
    }
    /** Adds a part that is in a regular file which is open for reading. The descriptor is
     * duplicated, so it stays yours. */
    set &add_fd(std::string_view name, int fd) {
        const std::string text = detail::text(name);
        detail::call([&](smz_error **e) { return smz_set_add_fd(live(), text.c_str(), fd, e); });
        return *this;
    }
    /** Adds a part that your program serves. */
    set &add(std::string_view name, std::unique_ptr<source> from) {
        const std::string text = detail::text(name);
        source::give(std::move(from), [&](const smz_io *io, smz_error **e) {
            return smz_set_add_io(live(), text.c_str(), io, e);
        });
        return *this;
    }
    /** What its parts' names have in common; "" for a set without parts. */
    std::string name() const {
        const char *const text = smz_set_name(live());
        return text ? text : "";
    }
    /** How many parts are known. */
    std::uint64_t size() const noexcept { return smz_set_part_count(get()); }
    bool empty() const noexcept { return size() == 0; }
    /** A part. */
    part operator[](std::uint64_t index) const {
        auto of = detail::sized<smz_part>();
        (void)detail::thrown::take_last();
        const smz_status status = smz_set_get_part(live(), index, &of);
        // Where a size cannot be found, it is unknown; but not where a source threw.
        if (const auto exception = detail::thrown::find(detail::thrown::take_last())) {
            std::rethrow_exception(exception);
        }
        detail::check_index(status, "part", index);
        return part(of, index);
    }
    /** Compares duplicates with the parts whose positions they claim; the names of those that do
     * not have the same bytes, which are SMZ_PART_CONFLICTING from then on. */
    std::vector<std::string> conflicting() {
        detail::call([&](smz_error **e) { return smz_set_compare_duplicates(live(), e); });
        std::vector<std::string> all;
        for (const part &of : *this) {
            if (of.state() == SMZ_PART_CONFLICTING) {
                all.emplace_back(of.name());
            }
        }
        return all;
    }
    /** Opens a part as the message it is: without a key, or to decrypt it alone. */
    message open(const part &of, const options &with = options()) const {
        smz_message *out = nullptr;
        detail::call_with(with, [&](smz_error **e) {
            return smz_set_open_part(live(), of.index(), with.live(), &out, e);
        });
        return message(out);
    }

    using iterator = detail::iterator<set, part, &set::operator[]>;
    iterator begin() const {
        (void)live();
        return {this, 0};
    }
    iterator end() const { return {this, size()}; }

    /** NULL if it was moved from. */
    smz_set *get() const noexcept { return handle_.get(); }
    /** As get(), but an error if it was moved from. */
    smz_set *live() const { return detail::live(handle_, "smz::set"); }

private:
    detail::handle<smz_set, smz_set_free> handle_;
};

} // namespace smz

#endif /* SMIMEZIP_SET_HPP */
