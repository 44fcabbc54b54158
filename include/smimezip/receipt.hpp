/**
 * @file smimezip/receipt.hpp
 * What was made: the parts of an export.
 * SPDX-License-Identifier: MIT OR Apache-2.0
 */
#ifndef SMIMEZIP_RECEIPT_HPP
#define SMIMEZIP_RECEIPT_HPP

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "../smimezip.h"
#include "detail.hpp"
#include "views.hpp"

namespace smz {

/** A part that was made. What it gives lives as long as the receipt, or until part_sink::commit()
 * returns. */
class part_receipt {
public:
    explicit part_receipt(const smz_part_receipt &of) noexcept : of_(of) {}
    /** Its name in the set, the name of its file. */
    std::string_view name() const noexcept { return of_.name; }
    /** The name it was begun under: perhaps another one for the last part of several. */
    std::string_view begun_as() const noexcept { return of_.begun_as; }
    /** Bytes of the part, sealed. */
    std::uint64_t size() const noexcept { return of_.size; }
    /** SHA-256 of these bytes, 32 of them. */
    bytes sha256() const noexcept { return {of_.sha256, of_.sha256 ? std::size_t{32} : 0}; }

private:
    smz_part_receipt of_;
};

/** A file or folder that was left out of an export, and why. Texts live as long as the receipt. */
class unfit_file {
public:
    explicit unfit_file(const smz_error_info &of) noexcept : of_(of) {}
    /** SMZ_ERR_... */
    smz_status status() const noexcept { return of_.status; }
    /** One sentence for a person. */
    std::string_view message() const noexcept { return of_.message; }
    /** The path that it would have had in the export. */
    std::optional<std::string_view> name() const { return detail::maybe(of_.entry); }

private:
    smz_error_info of_;
};

/** A limit that those who get an export must raise from its default to extract all of it. */
class needed_limit {
public:
    explicit needed_limit(const smz_need &of) noexcept : of_(of) {}
    /** SMZ_OPTION_LIMIT_... */
    smz_option limit() const noexcept { return of_.limit; }
    /** The least value that will do. */
    std::uint64_t least() const noexcept { return of_.least; }

private:
    smz_need of_;
};

/** What a call made. */
class receipt {
    part_receipt get_part(std::uint64_t index) const {
        return part_receipt(detail::at_index(smz_receipt_get_part, live(), "part", index));
    }
    unfit_file get_skipped(std::uint64_t index) const {
        return unfit_file(
            detail::at_index(smz_receipt_get_skipped, live(), "file that was left out", index));
    }

    needed_limit get_need(std::uint64_t index) const {
        return needed_limit(detail::at_index(smz_receipt_get_need, live(), "limit", index));
    }

public:
    using part_list = detail::list<receipt, part_receipt, &receipt::get_part>;
    using skipped_list = detail::list<receipt, unfit_file, &receipt::get_skipped>;
    using need_list = detail::list<receipt, needed_limit, &receipt::get_need>;

    explicit receipt(smz_receipt *handle) : handle_(handle) {}
    /** The numbers. */
    smz_receipt_summary summary() const {
        auto summary = detail::sized<smz_receipt_summary>();
        detail::check(smz_receipt_get_summary(live(), &summary));
        return summary;
    }
    /** The parts in their order; the last one is `.zip`. */
    part_list parts() const { return {this, summary().parts}; }
    /** Files and folders that were left out (SMZ_UNFIT_SKIP). */
    skipped_list skipped() const { return {this, summary().skipped}; }
    /** Limits that those who get the export must raise, as what is made may have any size. */
    need_list needs() const { return {this, summary().needs}; }
    /** JSON with the name, size and SHA-256 of each part, to be stored beside them: `smimezip
     * verify --manifest` checks them by it, without a key. Lives as long as the receipt. */
    std::string_view manifest() const { return smz_receipt_manifest(live()); }

private:
    smz_receipt *live() const { return detail::live(handle_, "smz::receipt"); }

    detail::handle<smz_receipt, smz_receipt_free> handle_;
};

} // namespace smz

#endif /* SMIMEZIP_RECEIPT_HPP */
